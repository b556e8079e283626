package dev.cocolab.reports;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One run in a history of runs.
 *
 * @param started begin
 * @param verdict one word, lower-case letters and hyphens, e.g. {@code passed}, {@code
 *     product-failed}, {@code azure-failed}
 * @param counts of scenarios; empty when none was begun
 * @param millis how long it took; empty when it is not known
 * @param link {@code https} address of more; empty where there is none
 */
public record Night(
    Instant started,
    String verdict,
    Optional<Counts> counts,
    OptionalLong millis,
    Optional<String> link) {
  private static final Pattern WORD = Pattern.compile("[a-z][a-z-]{0,31}");
  private static final Pattern LINK = Pattern.compile("https://[\\w./:%-]{1,300}");

  /** Scenarios by outcome; what broke counts as failed. */
  public record Counts(int passed, int failed, int skipped) {}

  /** Checks what goes into a page. */
  public Night {
    Objects.requireNonNull(started, "started");
    Objects.requireNonNull(counts, "counts");
    Objects.requireNonNull(millis, "millis");
    if (!WORD.matcher(verdict).matches()) {
      throw new IllegalArgumentException(
          "a verdict is one word of lower-case letters and hyphens, not '" + verdict + "'");
    }
    link.ifPresent(
        address -> {
          if (!LINK.matcher(address).matches()) {
            throw new IllegalArgumentException("'" + address + "' is no https address");
          }
        });
  }
}
