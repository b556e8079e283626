package dev.cocolab.evidence.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PcrBankTest {

  private static final HexFormat HEX = HexFormat.of();

  @Test
  void extendHashesTheRegisterAndTheDigest() {
    PcrBank bank =
        PcrBank.atReset()
            .extend(
                8,
                HEX.parseHex("8505e4e25e50a27c5dc8147af88efbece627fbea55291911eff832d9ee127781"));

    assertThat(bank.hex(8))
        .isEqualTo("bddaccb9c52249e97a31baea61b7d91be8221a16e703d92148d04fb8e9c1dfdd");
  }

  @Test
  void lateLaunchRegistersStartWithAllBitsSet() {
    for (int pcr = 0; pcr < PcrBank.COUNT; pcr++) {
      String octet = pcr >= 17 && pcr <= 22 ? "ff" : "00";
      assertThat(PcrBank.atReset().hex(pcr)).as("PCR %d", pcr).isEqualTo(octet.repeat(32));
    }
  }

  @Property
  void extendLeavesTheOtherRegistersAndTheBankItWasCalledOn(
      @ForAll @IntRange(max = 23) int pcr, @ForAll @Size(32) byte[] digest) {
    PcrBank before = PcrBank.atReset();

    PcrBank after = before.extend(pcr, digest);

    assertThat(before).isEqualTo(PcrBank.atReset());
    assertThat(after.with(pcr, before.value(pcr))).isEqualTo(before);
    assertThat(after.value(pcr)).isNotEqualTo(before.value(pcr));
  }

  @Test
  void otherSizesAreNotRegisters() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PcrBank.atReset().extend(24, new byte[32]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PcrBank.atReset().extend(0, new byte[48]));
    assertThatIllegalArgumentException().isThrownBy(() -> PcrBank.of(List.of(new byte[32])));
  }
}
