package dev.cocolab.evidence.snp;

/** Version of the SNP firmware, one byte a part; in a report the order is build, minor, major. */
public record FirmwareVersion(int major, int minor, int build) {

  public FirmwareVersion {
    for (int part : new int[] {major, minor, build}) {
      if (part < 0 || part > 0xff) {
        throw new IllegalArgumentException("a part of a firmware version is one byte, not " + part);
      }
    }
  }
}
