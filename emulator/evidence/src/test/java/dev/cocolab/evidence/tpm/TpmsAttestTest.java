package dev.cocolab.evidence.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TpmsAttestTest {

  private static final byte[] SIGNER = new byte[34];

  @Property
  void whatIsWrittenIsRead(
      @ForAll @Size(max = 66) byte[] nonce,
      @ForAll long clock,
      @ForAll int resets,
      @ForAll boolean safe,
      @ForAll long firmware) {
    TpmsAttest attest = quote(nonce, new ClockInfo(clock, resets, 0, safe), firmware);

    TpmsAttest read = TpmsAttest.parse(attest.encode());

    assertThat(attest.encode()).hasSize(113 + nonce.length);
    assertThat(read.extraData()).isEqualTo(nonce);
    assertThat(read.clockInfo()).isEqualTo(new ClockInfo(clock, resets, 0, safe));
    assertThat(read.firmwareVersion()).isEqualTo(firmware);
    assertThat(read.encode()).isEqualTo(attest.encode());
  }

  @Test
  void whatATpmWouldNotWriteIsRefusedWithTheReason() {
    byte[] good = quote(new byte[9], new ClockInfo(1, 1, 0, true), 1).encode();

    refused(changed(good, 0, 0), "magic is not TPM_GENERATED_VALUE");
    refused(changed(good, 5, 0x1b), "attestation type 0x801b");
    refused(changed(good, 6, 1), "field of 290 bytes where at most 68 fit");
    refused(changed(good, 42, 1), "field of 265 bytes where at most 66 fit");
    refused(changed(good, 69, 2), "a flag that is neither yes nor no");
    refused(changed(good, 78, 1), "16777217 PCR selections");
    refused(changed(good, 84, 5), "PCR bitmap of 5 bytes");
    refused(Arrays.copyOf(good, good.length + 1), "1 bytes after the structure");
    refused(Arrays.copyOf(good, good.length - 1), "ends within a field");
  }

  @Test
  void otherAttestationsAreReadButAreNoQuotes() {
    byte[] certify = changed(quote(new byte[9], new ClockInfo(1, 1, 0, true), 1).encode(), 5, 0x17);

    TpmsAttest attest = TpmsAttest.parse(certify);

    assertThat(attest.quote()).isEmpty();
    assertThat(attest.type()).isEqualTo(0x8017);
    assertThat(attest.encode()).isEqualTo(certify);
  }

  private static TpmsAttest quote(byte[] nonce, ClockInfo clock, long firmware) {
    return TpmsAttest.quote(
        SIGNER,
        nonce,
        clock,
        firmware,
        new TpmsAttest.QuoteInfo(List.of(PcrSelection.allSha256()), new byte[32]));
  }

  private static byte[] changed(byte[] bytes, int offset, int value) {
    byte[] changed = bytes.clone();
    changed[offset] = (byte) value;
    return changed;
  }

  private static void refused(byte[] message, String cause) {
    assertThatExceptionOfType(EvidenceException.class)
        .isThrownBy(() -> TpmsAttest.parse(message))
        .satisfies(
            e -> {
              assertThat(e.reason()).isEqualTo(Refusal.QUOTE_MALFORMED);
              assertThat(e.chain()).isEqualTo("Failed to parse TPM quote message: " + cause);
            });
  }
}
