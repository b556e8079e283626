package dev.cocolab.operators.trustee;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;

/** The operator's log: time, level, controller, message and details, separated by tabs. */
final class OperatorLog {

  private final Clock clock;
  private final Consumer<String> lines;
  private final String name;

  OperatorLog(Clock clock, Consumer<String> lines, String name) {
    this.clock = clock;
    this.lines = lines;
    this.name = name;
  }

  void info(String message) {
    write("INFO", message);
  }

  void info(String message, String key, Object value) {
    write("INFO", message + "\t{\"" + key + "\": \"" + escaped(String.valueOf(value)) + "\"}");
  }

  private void write(String level, String message) {
    lines.accept(
        clock.instant().truncatedTo(ChronoUnit.MILLIS)
            + "\t"
            + level
            + "\t"
            + name
            + "\t"
            + message);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}
