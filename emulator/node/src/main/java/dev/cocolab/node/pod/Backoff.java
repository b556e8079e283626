package dev.cocolab.node.pod;

import java.time.Duration;
import java.time.Instant;

/**
 * The kubelet's delay before a restart: none at first, then 10 s, doubled each time up to 5 min;
 * forgotten after 10 min without a failure.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration FORGET = Duration.ofMinutes(10);

  private Duration current = Duration.ZERO;
  private Instant last = Instant.MIN;

  /** Delay to keep for a failure at this time. */
  Duration next(Instant now) {
    if (last.isAfter(Instant.MIN) && last.plus(FORGET).isBefore(now)) {
      current = Duration.ZERO;
      last = now;
      return Duration.ZERO;
    }
    boolean first = last.equals(Instant.MIN);
    last = now;
    if (first) {
      return Duration.ZERO;
    }
    current = current.isZero() ? FIRST : current.multipliedBy(2);
    if (current.compareTo(LONGEST) > 0) {
      current = LONGEST;
    }
    return current;
  }
}
