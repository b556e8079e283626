package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Refusal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user is told to change when evidence is refused. */
class RemediesTest {
  private static final String DISTRUST = "do not trust it";

  @ParameterizedTest
  @CsvSource({
    "DCAP_ROOT_KEY, roots",
    "VEK_CHAIN, roots",
    "TDX_REPORT_DATA, nonce",
    "HOST_DATA, initdata",
    "COLLATERAL_PCK_CRL, collateral",
    "TPM_INIT_DATA_SIZE, sha256",
    "QUOTE_SIGNATURE, do not trust it",
    "DCAP_QUOTE_SIGNATURE, do not trust it",
  })
  void eachReasonHasTheRemedyOfItsKind(Refusal reason, String told) {
    assertThat(Remedies.ofRefusal("EVIDENCE", reason.name())).contains(told);
  }

  /** Nobody is told how to get a forged signature accepted. */
  @Test
  void brokenSignaturesHaveNoRemedy() {
    assertThat(Arrays.stream(Refusal.values()).filter(r -> r.name().endsWith("_SIGNATURE")))
        .isNotEmpty()
        .allSatisfy(
            reason -> assertThat(Remedies.ofRefusal("EVIDENCE", reason.name())).contains(DISTRUST));
  }
}
