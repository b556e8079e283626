package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.AmdGeneration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Which endorsement key signed a report: a chip has one a TCB version.
 *
 * @param generation the processor
 * @param chipId 64 bytes, zero if the host masks it; Turin uses the first 8
 * @param tcb the version the key was derived from
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record VcekRequest(AmdGeneration generation, byte[] chipId, TcbVersion tcb) {

  private static final int CHIP_ID_SIZE = 64;
  private static final int TURIN_CHIP_ID_SIZE = 8;

  /**
   * Checks that the parts fit together.
   *
   * @throws IllegalArgumentException if the chip has no 64 bytes, or a TCB version of Turin no FMC
   *     level
   */
  public VcekRequest {
    Objects.requireNonNull(generation, "generation");
    Objects.requireNonNull(tcb, "tcb");
    if (chipId.length != CHIP_ID_SIZE) {
      throw new IllegalArgumentException("a chip id has 64 bytes, not " + chipId.length);
    }
    if (tcb.fmc().isPresent() != (generation == AmdGeneration.TURIN)) {
      throw new IllegalArgumentException("an FMC level belongs to Turin, and to no other");
    }
    chipId = chipId.clone();
  }

  /** What verifies this report. */
  static VcekRequest of(SnpReport report, AmdGeneration generation) {
    return new VcekRequest(generation, report.chipId(), report.reportedTcb());
  }

  @Override
  public byte[] chipId() {
    return chipId.clone();
  }

  /** Whether the host keeps the identity of its chip to itself. */
  public boolean isMasked() {
    return Arrays.equals(chipId, new byte[CHIP_ID_SIZE]);
  }

  /** The identity of the chip in lower-case hex, 128 digits, on Turin 16. */
  public String hardwareId() {
    int size = generation == AmdGeneration.TURIN ? TURIN_CHIP_ID_SIZE : CHIP_ID_SIZE;
    return HexFormat.of().formatHex(chipId, 0, size);
  }

  /**
   * Path and query in AMD's key distribution service, such as {@code
   * /vcek/v1/Milan/…?blSPL=03&teeSPL=00&snpSPL=08&ucodeSPL=115} (Versioned Chip Endorsement Key
   * certificate and KDS interface specification, section 4.1).
   */
  public String path() {
    OptionalInt fmc = tcb.fmc();
    return "/vcek/v1/%s/%s?%sblSPL=%02d&teeSPL=%02d&snpSPL=%02d&ucodeSPL=%02d"
        .formatted(
            generation.productName(),
            hardwareId(),
            fmc.isPresent() ? "fmcSPL=%02d&".formatted(fmc.getAsInt()) : "",
            tcb.bootloader(),
            tcb.tee(),
            tcb.snp(),
            tcb.microcode());
  }

  /** The name of the certificate in an offline store. */
  String fileName() {
    OptionalInt fmc = tcb.fmc();
    return "bl%02d_tee%02d_snp%02d_ucode%02d%s_vcek.der"
        .formatted(
            tcb.bootloader(),
            tcb.tee(),
            tcb.snp(),
            tcb.microcode(),
            fmc.isPresent() ? "_fmc%02d".formatted(fmc.getAsInt()) : "");
  }
}
