package dev.cocolab.broker.log;

import dev.cocolab.protocol.Profile.LogStyle;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes log lines as the emulated release prints them. A text with several lines becomes several
 * lines, of which the first has the prefix. Safe for use by several threads.
 */
public final class KbsLog {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Consumer<String> sink;
  private final LogStyle style;
  private final LogLevel threshold;
  private final Clock clock;

  /**
   * A log.
   *
   * @param filter value of {@code RUST_LOG}; {@code info} when absent
   */
  public KbsLog(Consumer<String> sink, LogStyle style, Optional<String> filter, Clock clock) {
    this.sink = Objects.requireNonNull(sink, "sink");
    this.style = Objects.requireNonNull(style, "style");
    this.threshold = filter.map(LogLevel::ofFilter).orElse(LogLevel.INFO);
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /** How lines look. */
  public LogStyle style() {
    return style;
  }

  /** Whether lines of a level are written. */
  public boolean writes(LogLevel level) {
    return level.compareTo(threshold) <= 0;
  }

  /** Writes at level ERROR. */
  public void error(String target, String text) {
    write(LogLevel.ERROR, target, text);
  }

  /** Writes at level WARN. */
  public void warn(String target, String text) {
    write(LogLevel.WARN, target, text);
  }

  /** Writes at level INFO. */
  public void info(String target, String text) {
    write(LogLevel.INFO, target, text);
  }

  /** Writes at level DEBUG. */
  public void debug(String target, String text) {
    write(LogLevel.DEBUG, target, text);
  }

  private void write(LogLevel level, String target, String text) {
    if (!writes(level)) {
      return;
    }
    String prefix =
        style == LogStyle.BRACKETS
            ? "[" + SECONDS.format(clock.instant()) + " " + level + " " + target + "] "
            : MICROSECONDS.format(clock.instant())
                + " "
                + " ".repeat(5 - level.name().length())
                + level
                + " "
                + target
                + ": ";
    List<String> lines = text.lines().map(KbsLog::printable).toList();
    synchronized (this) {
      sink.accept(prefix + (lines.isEmpty() ? "" : lines.get(0)));
      lines.stream().skip(1).map(KbsLog::continued).forEach(sink);
    }
  }

  /** A line that is not the first must not look like one: its text may come from a caller. */
  private static String continued(String line) {
    return line.isEmpty() || line.startsWith(" ") || line.equals("Caused by:")
        ? line
        : "    " + line;
  }

  /** Callers' bytes must not forge lines or move a terminal's cursor. */
  private static String printable(String line) {
    StringBuilder out = new StringBuilder(line.length());
    line.chars()
        .forEach(
            c -> {
              if ((c < 0x20 && c != '\t') || c == 0x7f) {
                out.append(String.format("\\u{%x}", c));
              } else {
                out.append((char) c);
              }
            });
    return out.toString();
  }
}
