package dev.cocolab.apiserver;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The system's time, moved. */
public final class MovedClock extends Clock {
  private volatile Duration by = Duration.ZERO;

  /** Goes ahead, or back, of the system's time by this much; 0 is the system's time again. */
  public void move(Duration ahead) {
    by = ahead;
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(by);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
