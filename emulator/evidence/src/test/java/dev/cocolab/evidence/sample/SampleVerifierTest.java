package dev.cocolab.evidence.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.ExpectedBinding;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.TeeClaims;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SampleVerifierTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final byte[] DATA = {1, 2, 3};

  private final SampleVerifier verifier = new SampleVerifier();

  @Test
  void boundEvidenceGivesTheFixedClaims() {
    TeeClaims claims =
        verifier
            .verify(
                SampleEvidence.of(DATA).toJson(),
                new ExpectedBinding(Optional.of(DATA), Optional.of(new byte[] {9})))
            .get(0);

    assertThat(claims.teeClass()).isEqualTo("cpu");
    assertThat((JsonNode) claims.claims())
        .isEqualTo(
            JSON.readTree(
                """
                {"svn":"1","report_data":"AQID","launch_digest":"abcde",
                 "platform_version":{"major":1,"minor":4},"debug":false,"init_data":"CQ=="}"""));
  }

  @Test
  void reportDataIsComparedExactlyAndOnlyIfExpected() {
    JsonNode padded = SampleEvidence.of(new byte[] {1, 2, 3, 0}).toJson();

    refused(
        padded,
        Refusal.SAMPLE_REPORT_DATA,
        "Evidence's identity verification error.: REPORT_DATA is different from that in Sample Quote");
    assertThat(verifier.verify(padded, new ExpectedBinding(Optional.empty(), Optional.empty())))
        .hasSize(1);
  }

  @Test
  void otherAlphabetsAndMissingPaddingAreRefused() {
    for (String text : new String[] {"AQI", "AQ_-", "?", "AR=="}) {
      refused(
          SampleEvidence.of(DATA).toJson().put("report_data", text),
          Refusal.SAMPLE_REPORT_DATA,
          "Evidence's identity verification error.: base64 decode report data for sample evidence");
    }
  }

  @Test
  void otherShapesAreRefused() {
    refused(
        JSON.readTree("{\"report_data\":\"\"}"),
        Refusal.SAMPLE_MALFORMED,
        "Deserialize Quote failed.: missing field `svn`");
    refused(
        JSON.readTree("{\"svn\":\"1\",\"report_data\":1}"),
        Refusal.SAMPLE_MALFORMED,
        "Deserialize Quote failed.: `report_data` is not a string");
  }

  private void refused(JsonNode evidence, Refusal reason, String chain) {
    assertThatExceptionOfType(EvidenceException.class)
        .isThrownBy(() -> verifier.verify(evidence, ExpectedBinding.ofReportData(DATA)))
        .satisfies(
            e -> {
              assertThat(e.chain()).isEqualTo(chain);
              assertThat(e.reason()).isEqualTo(reason);
            });
  }
}
