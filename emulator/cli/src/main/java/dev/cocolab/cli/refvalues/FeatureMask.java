package dev.cocolab.cli.refvalues;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** XFAM, the extended processor features that a TD may use: bits as in XCR0, 8 bytes. */
final class FeatureMask {
  private static final Map<String, Long> BITS =
      new TreeMap<>(
          Map.of(
              "x87", 0x1L,
              "sse", 0x2L,
              "avx", 0x4L,
              "mpx", 0x18L,
              "avx512", 0xe0L,
              "pkru", 0x200L,
              "amx", 0x60000L));

  private FeatureMask() {}

  /**
   * The mask of these features, little-endian hex.
   *
   * @throws CliException {@link ExitCode#USAGE} for a feature that is not known
   */
  static String of(List<String> names) {
    long mask = 0;
    for (String name : names) {
      Long bits = BITS.get(name.toLowerCase(Locale.ROOT));
      if (bits == null) {
        throw new CliException(
            ExitCode.USAGE,
            "--hw-xfam-allow '%s' is none of %s".formatted(name, String.join(", ", BITS.keySet())));
      }
      mask |= bits;
    }
    return HexFormat.of()
        .formatHex(
            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(mask).array());
  }
}
