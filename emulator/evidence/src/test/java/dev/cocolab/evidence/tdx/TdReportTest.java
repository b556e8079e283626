package dev.cocolab.evidence.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.evidence.Vectors;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The report in a real HCL blob is rebuilt from the quote that was made of it. */
class TdReportTest {
  private static final int HCL_HEADER = 32;

  @Test
  void theReportOfARealMachineIsTheOneItsQuoteIsMadeFrom() {
    Vectors vectors = Vectors.required();
    byte[] hcl = vectors.bytes("az-tdx-vtpm/hcl-report.bin");
    byte[] real = Arrays.copyOfRange(hcl, HCL_HEADER, HCL_HEADER + TdReport.SIZE);
    TdBody quoted = TdxQuote.parse(vectors.bytes("az-tdx-vtpm/td-quote.bin")).body();
    // The module is one of TDX 1.5, whose level now a quote of version 4 does not show.
    TdBody body =
        TdBody.of(Arrays.copyOf(quoted.bytes(), TdBody.SIZE_1_5))
            .with(TdField.TEE_TCB_SVN2, quoted.get(TdField.TCB_SVN));

    TdReport rebuilt =
        TdReport.of(body, Arrays.copyOfRange(real, 16, 32), Arrays.copyOfRange(real, 224, 256));

    assertThat(TdReport.parse(real).hashesFit()).isTrue();
    assertThat(HexFormat.of().formatHex(rebuilt.bytes())).isEqualTo(HexFormat.of().formatHex(real));
    assertThat(rebuilt.reportData()).isEqualTo(body.get(TdField.REPORT_DATA));
  }

  @Test
  void aChangedPartDoesNotFitItsHash() {
    byte[] bytes = TdReport.of(TdBody.zero(TdBody.SIZE_1_5), new byte[16], new byte[32]).bytes();
    for (int at : new int[] {256, 256 + 238, 512, 1023}) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      assertThat(TdReport.parse(changed).hashesFit()).as("offset %d", at).isFalse();
    }
  }
}
