package dev.cocolab.evidence.snp;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Security version numbers of the firmware of an AMD processor, 0 to 255 each (SEV-SNP firmware
 * ABI, TCB_VERSION, 8 bytes).
 *
 * @param fmc the first mutable code of Turin; empty before
 * @param bootloader boot loader of the secure processor
 * @param tee operating system of the secure processor
 * @param snp SNP firmware
 * @param microcode lowest patch level of all cores
 */
public record TcbVersion(OptionalInt fmc, int bootloader, int tee, int snp, int microcode) {

  /** Encoded size in bytes. */
  public static final int SIZE = 8;

  /** Where the numbers sit in the 8 bytes. */
  public enum Layout {
    /** Milan and Genoa: boot loader, tee, four unused bytes, snp, microcode. */
    PRE_TURIN,
    /** Turin: fmc, boot loader, tee, snp, three unused bytes, microcode. */
    TURIN
  }

  public TcbVersion {
    for (int part : new int[] {fmc.orElse(0), bootloader, tee, snp, microcode}) {
      if (part < 0 || part > 0xff) {
        throw new IllegalArgumentException("a security version number is one byte, not " + part);
      }
    }
  }

  /** A version of a processor before Turin. */
  public static TcbVersion of(int bootloader, int tee, int snp, int microcode) {
    return new TcbVersion(OptionalInt.empty(), bootloader, tee, snp, microcode);
  }

  /** Reads 8 bytes; what the unused ones hold is not looked at. */
  public static TcbVersion parse(byte[] bytes, Layout layout) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("a TCB version has 8 bytes, not " + bytes.length);
    }
    int[] part = new int[SIZE];
    Arrays.setAll(part, i -> Byte.toUnsignedInt(bytes[i]));
    return layout == Layout.TURIN
        ? new TcbVersion(OptionalInt.of(part[0]), part[1], part[2], part[3], part[7])
        : of(part[0], part[1], part[6], part[7]);
  }

  /** The layout this version is written in. */
  public Layout layout() {
    return fmc.isPresent() ? Layout.TURIN : Layout.PRE_TURIN;
  }

  /** The 8 bytes, unused ones zero. */
  public byte[] encode() {
    return fmc.isPresent()
        ? new byte[] {
          (byte) fmc.getAsInt(),
          (byte) bootloader,
          (byte) tee,
          (byte) snp,
          0,
          0,
          0,
          (byte) microcode
        }
        : new byte[] {(byte) bootloader, (byte) tee, 0, 0, 0, 0, (byte) snp, (byte) microcode};
  }
}
