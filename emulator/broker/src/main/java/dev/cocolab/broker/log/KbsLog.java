package dev.cocolab.broker.log;

import dev.cocolab.protocol.Profile.LogStyle;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes log lines as the emulated release prints them. A text with several lines becomes several
 * lines, of which the first has the prefix. Safe for use by several threads.
 */
public final class KbsLog {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

  /** With a digit in front, so that leading zeros stay. */
  private static final int MICROS = 1_000_000;

  private static final int LEVEL_WIDTH = 5;

  private record Second(long epoch, String text) {}

  private final Consumer<String> sink;
  private final LogStyle style;
  private final LogLevel threshold;
  private final Clock clock;
  private volatile Second last = new Second(Long.MIN_VALUE, "");

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
    String line = prefix(level, target) + printable(text.lines().findFirst().orElse(""));
    synchronized (this) {
      sink.accept(line);
      text.lines().skip(1).map(KbsLog::printable).map(KbsLog::continued).forEach(sink);
    }
  }

  private String prefix(LogLevel level, String target) {
    Instant now = clock.instant();
    if (style == LogStyle.BRACKETS) {
      return "[" + second(now) + "Z " + level + " " + target + "] ";
    }
    String micros = Integer.toString(MICROS + now.get(ChronoField.MICRO_OF_SECOND)).substring(1);
    String indent = " ".repeat(LEVEL_WIDTH - level.name().length());
    return second(now) + "." + micros + "Z " + indent + level + " " + target + ": ";
  }

  /** Date and time without fraction, put together once a second: there are many lines in one. */
  private String second(Instant now) {
    Second known = last;
    if (known.epoch() != now.getEpochSecond()) {
      known = new Second(now.getEpochSecond(), SECONDS.format(now));
      last = known;
    }
    return known.text();
  }

  /** A line that is not the first must not look like one: its text may come from a caller. */
  private static String continued(String line) {
    return line.isEmpty() || line.startsWith(" ") || line.equals("Caused by:")
        ? line
        : "    " + line;
  }

  /** Callers' bytes must not forge lines or move a terminal's cursor. */
  private static String printable(String line) {
    if (line.chars().noneMatch(KbsLog::isControl)) {
      return line;
    }
    StringBuilder out = new StringBuilder(line.length());
    line.chars()
        .forEach(
            c -> {
              if (isControl(c)) {
                out.append(String.format("\\u{%x}", c));
              } else {
                out.append((char) c);
              }
            });
    return out.toString();
  }

  private static boolean isControl(int c) {
    return (c < 0x20 && c != '\t') || c == 0x7f;
  }
}
