package dev.cocolab.guest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * The end of the time that one operation against the broker may take, all its attempts together.
 */
final class Deadline {

  /** Below the 30 s within which a broker that is down has to be reported. */
  static final Duration TOTAL = Duration.ofSeconds(25);

  private final Clock clock;
  private final Instant end;

  private Deadline(Clock clock, Instant end) {
    this.clock = clock;
    this.end = end;
  }

  static Deadline of(Clock clock) {
    return new Deadline(clock, clock.instant().plus(TOTAL));
  }

  /** What is left, but not more than the limit, and at least a millisecond. */
  Duration left(Duration limit) {
    Duration left = Duration.between(clock.instant(), end);
    Duration capped = left.compareTo(limit) < 0 ? left : limit;
    return capped.toMillis() < 1 ? Duration.ofMillis(1) : capped;
  }

  /** True when this much time is no longer left. */
  boolean passedAfter(Duration more) {
    return clock.instant().plus(more).isAfter(end);
  }
}
