package dev.cocolab.evidence.sample;

import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges evidence of a sample device, which guests attach to their own for tests: the report data
 * is compared, nothing else can be, and initdata are not looked at. Stateless.
 */
public final class SampleDeviceVerifier implements EvidenceVerifier {

  @Override
  public Tee tee() {
    return Tee.SAMPLE_DEVICE;
  }

  @Override
  public List<TeeClaims> verify(JsonNode json, ExpectedBinding expected) {
    SampleEvidence evidence = SampleEvidence.parse(json);
    expected.reportData().ifPresent(data -> SampleVerifier.checkReportData(evidence, data));
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("report_data", evidence.reportData());
    claims.put("svn", evidence.svn());
    return List.of(new TeeClaims(Tee.SAMPLE_DEVICE, TeeClaims.GPU, claims));
  }
}
