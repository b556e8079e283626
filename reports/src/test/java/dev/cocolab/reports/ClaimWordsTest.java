package dev.cocolab.reports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimWordsTest {
  @ParameterizedTest
  @CsvSource({
    "tpm.pcr08, PCR 8: the pod's initdata",
    "az-snp-vtpm.tpm.pcr12, PCR 12: kernel command line",
    "pcr00, PCR 0"
  })
  void registersAreNamedByNumberAndContent(String claim, String words) {
    assertThat(ClaimWords.of(claim)).contains(words);
  }

  @Test
  void otherClaimsNameThemselves() {
    assertThat(ClaimWords.of("reported_tcb_snp")).isEmpty();
    assertThat(ClaimWords.of("pcr8")).isEmpty();
    assertThat(ClaimWords.of("")).isEmpty();
  }
}
