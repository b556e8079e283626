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

class SampleDeviceVerifierTest {
  private static final byte[] DATA = {1, 2, 3};
  private static final JsonNode EVIDENCE =
      JsonMapper.shared().readTree("{\"svn\":\"2\",\"report_data\":\"AQID\"}");

  private final SampleDeviceVerifier verifier = new SampleDeviceVerifier();

  @Test
  void boundEvidenceGivesTheClaimsOfADevice() {
    TeeClaims claims =
        verifier
            .verify(EVIDENCE, new ExpectedBinding(Optional.of(DATA), Optional.of(new byte[32])))
            .get(0);

    assertThat(claims.teeClass()).isEqualTo("gpu");
    assertThat((JsonNode) claims.claims())
        .isEqualTo(JsonMapper.shared().readTree("{\"svn\":\"2\",\"report_data\":\"AQID\"}"));
  }

  @Test
  void reportDataIsComparedExactlyAndOnlyIfExpected() {
    assertThatExceptionOfType(EvidenceException.class)
        .isThrownBy(() -> verifier.verify(EVIDENCE, ExpectedBinding.ofReportData(new byte[3])))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Refusal.SAMPLE_REPORT_DATA));
    assertThat(verifier.verify(EVIDENCE, new ExpectedBinding(Optional.empty(), Optional.empty())))
        .hasSize(1);
  }
}
