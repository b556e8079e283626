package dev.cocolab.evidence.sample;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.EvidenceVerifier;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.StrictBase64;
import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.TeeClaims;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges evidence of guests without a TEE: the report data is compared, nothing else can be. An
 * init data digest becomes a claim unverified. Stateless.
 */
public final class SampleVerifier implements EvidenceVerifier {

  @Override
  public Tee tee() {
    return Tee.SAMPLE;
  }

  @Override
  public List<TeeClaims> verify(JsonNode json, ExpectedBinding expected) {
    SampleEvidence evidence = SampleEvidence.parse(json);
    expected.reportData().ifPresent(data -> checkReportData(evidence, data));
    return List.of(new TeeClaims(Tee.SAMPLE, TeeClaims.CPU, claims(evidence, expected)));
  }

  static void checkReportData(SampleEvidence evidence, byte[] expected) {
    byte[] found =
        StrictBase64.decodeStandard(evidence.reportData())
            .orElseThrow(
                () ->
                    EvidenceException.because(
                        Refusal.SAMPLE_REPORT_DATA,
                        "base64 decode report data for sample evidence"));
    if (!MessageDigest.isEqual(expected, found)) {
      throw EvidenceException.because(
              Refusal.SAMPLE_REPORT_DATA, "REPORT_DATA is different from that in Sample Quote")
          .withMismatch(
              "report_data", HexFormat.of().formatHex(expected), HexFormat.of().formatHex(found));
    }
  }

  private static ObjectNode claims(SampleEvidence evidence, ExpectedBinding expected) {
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("debug", false);
    expected
        .initDataDigest()
        .ifPresent(d -> claims.put("init_data", Base64.getEncoder().encodeToString(d)));
    claims.put("launch_digest", "abcde");
    claims.putObject("platform_version").put("major", 1).put("minor", 4);
    claims.put("report_data", evidence.reportData());
    claims.put("svn", evidence.svn());
    return claims;
  }
}
