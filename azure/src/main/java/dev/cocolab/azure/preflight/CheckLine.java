package dev.cocolab.azure.preflight;

import java.util.Optional;

/**
 * One check and what came out.
 *
 * @param name of the check
 * @param detail what was found
 * @param remedy what to do; empty unless it failed
 */
public record CheckLine(String name, Outcome outcome, String detail, Optional<String> remedy) {
  /** What came out. */
  public enum Outcome {
    OK,
    FAILED,
    /** It could not be looked at. A run that needs it must not go on. */
    NOT_CHECKED
  }

  /** {@code name: outcome: detail; remedy}, on one line. */
  public String line() {
    String word =
        switch (outcome) {
          case OK -> "ok";
          case FAILED -> "FAILED";
          case NOT_CHECKED -> "not checked";
        };
    return "%s: %s: %s%s".formatted(name, word, detail, remedy.map(text -> "; " + text).orElse(""));
  }
}
