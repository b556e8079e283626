package dev.cocolab.apiserver.table;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Durations as kubectl shows them: 45s, 3m12s, 5h, 2d3h, 1y20d. */
final class HumanDuration {
  private HumanDuration() {}

  /** Time since an RFC 3339 time stamp; {@code <unknown>} without one. */
  static String since(String timestamp, Clock clock) {
    try {
      return of(Duration.between(Instant.parse(timestamp), clock.instant()));
    } catch (DateTimeParseException none) {
      return "<unknown>";
    }
  }

  static String of(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 120) {
      return Math.max(0, seconds) + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 10) {
      return joined(minutes, "m", seconds % 60, "s");
    }
    if (minutes < 180) {
      return minutes + "m";
    }
    long hours = minutes / 60;
    if (hours < 8) {
      return joined(hours, "h", minutes % 60, "m");
    }
    if (hours < 48) {
      return hours + "h";
    }
    long days = hours / 24;
    if (days < 8) {
      return joined(days, "d", hours % 24, "h");
    }
    if (days < 730) {
      return days + "d";
    }
    long years = days / 365;
    return years < 8 ? joined(years, "y", days % 365, "d") : years + "y";
  }

  private static String joined(long large, String unit, long small, String smallUnit) {
    return small == 0 ? large + unit : large + unit + small + smallUnit;
  }
}
