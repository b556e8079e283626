package dev.cocolab.cli.refvalues;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The file {@code /image/measurements.json} of a published pod VM image: {@code
 * measurements.sha256.pcr03} and so on, 64 hex digits with or without {@code 0x}.
 */
final class MeasurementsFile {
  /** The registers that count, in the order in which they are written. */
  static final List<Integer> PCRS = List.of(3, 9, 11, 12);

  private static final Pattern DIGEST = Pattern.compile("(0x)?([0-9a-f]{64})");

  private MeasurementsFile() {}

  /**
   * Adds the registers of a file; one that is not there is left out.
   *
   * @throws CliException {@link ExitCode#USAGE} for a file that is none, or has no register
   */
  static void read(Path path, String tee, MeasuredValues out) {
    JsonNode bank = InputFile.read(path).json().path("measurements").path("sha256");
    boolean found = false;
    for (int pcr : PCRS) {
      JsonNode value = bank.path("pcr%02d".formatted(pcr));
      if (!value.isMissingNode()) {
        out.add("%s_pcr%02d".formatted(tee, pcr), digest(path, pcr, value));
        found = true;
      }
    }
    if (!found) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: no pcr03, pcr09, pcr11 or pcr12 in measurements.sha256".formatted(path));
    }
  }

  private static String digest(Path path, int pcr, JsonNode value) {
    var match = DIGEST.matcher(value.asString("").toLowerCase(Locale.ROOT));
    if (!match.matches()) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: measurements.sha256.pcr%02d is no SHA-256 in hex: %s".formatted(path, pcr, value));
    }
    return match.group(2);
  }
}
