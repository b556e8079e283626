package dev.cocolab.evidence.tpm;

import java.util.Arrays;
import java.util.HexFormat;

/** Registers of one bank (TPM 2.0 part 2, TPMS_PCR_SELECTION). Immutable. */
public final class PcrSelection {

  /** TPM_ALG_SHA256. */
  public static final int SHA256 = 0x000b;

  private final int hashAlgorithm;
  private final byte[] bitmap;

  private PcrSelection(int hashAlgorithm, byte[] bitmap) {
    this.hashAlgorithm = hashAlgorithm;
    this.bitmap = bitmap;
  }

  /**
   * A selection.
   *
   * @param hashAlgorithm TPM_ALG_ID of the bank, 16 bits
   * @param bitmap at most 4 bytes; bit i of byte i/8 is PCR i
   */
  public static PcrSelection of(int hashAlgorithm, byte[] bitmap) {
    return new PcrSelection(hashAlgorithm, bitmap.clone());
  }

  /** All 24 registers of the SHA-256 bank. */
  public static PcrSelection allSha256() {
    return of(SHA256, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff});
  }

  public int hashAlgorithm() {
    return hashAlgorithm;
  }

  public byte[] bitmap() {
    return bitmap.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PcrSelection selection
        && hashAlgorithm == selection.hashAlgorithm
        && Arrays.equals(bitmap, selection.bitmap);
  }

  @Override
  public int hashCode() {
    return 31 * hashAlgorithm + Arrays.hashCode(bitmap);
  }

  @Override
  public String toString() {
    return "%04x:%s".formatted(hashAlgorithm, HexFormat.of().formatHex(bitmap));
  }
}
