package dev.cocolab.reports;

import java.util.Locale;

/** How a scenario or a step ended, the most urgent first. */
enum Outcome {
  FAILED("failed", "✗", "Failed"),
  BROKEN("broken", "!", "Broken"),
  UNKNOWN("unknown", "?", "No result"),
  SKIPPED("skipped", "–", "Skipped"),
  PASSED("passed", "✓", "Passed");

  private final String word;
  private final String mark;
  private final String label;

  Outcome(String word, String mark, String label) {
    this.word = word;
    this.mark = mark;
    this.label = label;
  }

  /** As in files and style names. */
  String word() {
    return word;
  }

  /** One character. */
  String mark() {
    return mark;
  }

  /** As people read it. */
  String label() {
    return label;
  }

  boolean isBad() {
    return this == FAILED || this == BROKEN || this == UNKNOWN;
  }

  /** Allure's word; anything else is {@link #UNKNOWN}. */
  static Outcome of(String allureStatus) {
    return switch (allureStatus.toLowerCase(Locale.ROOT)) {
      case "passed" -> PASSED;
      case "failed" -> FAILED;
      case "broken" -> BROKEN;
      case "skipped" -> SKIPPED;
      default -> UNKNOWN;
    };
  }
}
