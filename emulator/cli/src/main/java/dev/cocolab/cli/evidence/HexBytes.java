package dev.cocolab.cli.evidence;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.util.HexFormat;
import java.util.Optional;

/** Bytes in hex on a command line. */
final class HexBytes {
  /** More than any field of any evidence holds, in bytes. */
  private static final int MAX_BYTES = 4096;

  private HexBytes() {}

  /** The bytes of an option that may be absent. */
  static Optional<byte[]> optional(String option, String hex) {
    return hex == null ? Optional.empty() : Optional.of(parse(option, hex));
  }

  /**
   * The bytes of an option: upper or lower case, with or without {@code 0x}.
   *
   * @throws CliException {@link ExitCode#USAGE} for anything else, and for no byte at all
   */
  static byte[] parse(String option, String hex) {
    String digits = hex.startsWith("0x") || hex.startsWith("0X") ? hex.substring(2) : hex;
    if (digits.isEmpty()) {
      throw refused(option, hex, "it is empty");
    }
    if (digits.length() > 2 * MAX_BYTES) {
      throw refused(option, hex.substring(0, 16) + "…", "it has more than 4096 bytes");
    }
    if (digits.length() % 2 != 0) {
      throw refused(option, hex, "it has an odd number of digits, " + digits.length());
    }
    try {
      return HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw refused(option, hex, "give bytes as hex digits, such as 00ff");
    }
  }

  private static CliException refused(String option, String value, String why) {
    return new CliException(ExitCode.USAGE, "%s '%s' is not hex: %s".formatted(option, value, why));
  }
}
