package dev.cocolab.image;

/**
 * Bounds for one layer; an archive beyond any of them is refused.
 *
 * @param bytes of the uncompressed archive
 * @param entries in the archive
 * @param ratio uncompressed to compressed bytes; judged once {@code ratioFloor} bytes came out
 * @param ratioFloor uncompressed bytes below which the ratio is not judged
 * @param nameBytes of an entry's name or link target in UTF-8
 * @param elementBytes of one path element in UTF-8
 * @param depth path elements of an entry
 */
public record UnpackLimits(
    long bytes,
    int entries,
    int ratio,
    long ratioFloor,
    int nameBytes,
    int elementBytes,
    int depth) {

  private static final long MIB = 1024L * 1024;

  /**
   * 4 GiB, 300 000 entries, ratio 200 above 32 MiB, names of 4 095 bytes, elements of 255 bytes,
   * 100 levels.
   */
  public static UnpackLimits standard() {
    return new UnpackLimits(4096 * MIB, 300_000, 200, 32 * MIB, 4095, 255, 100);
  }
}
