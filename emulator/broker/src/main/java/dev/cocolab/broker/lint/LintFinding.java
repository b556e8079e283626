package dev.cocolab.broker.lint;

import java.util.Objects;

/**
 * Something that does not fit.
 *
 * @param check stable name of the rule that found it, such as {@code reference-value-absent}
 * @param file the document it is in
 * @param line where it is, from 1; 0 where the document has no lines
 * @param message what is wrong, one sentence
 * @param remedy what a user would change, one sentence
 */
public record LintFinding(String check, String file, int line, String message, String remedy) {
  /** Checks that nothing is missing. */
  public LintFinding {
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(remedy, "remedy");
  }

  /** {@code file:line: message [check]}, and the remedy after it. */
  public String toLine() {
    String place = line > 0 ? file + ":" + line : file;
    return "%s: %s [%s] %s".formatted(place, message, check, remedy);
  }
}
