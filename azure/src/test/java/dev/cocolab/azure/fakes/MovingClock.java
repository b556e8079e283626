package dev.cocolab.azure.fakes;

import dev.cocolab.azure.Delays;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A clock that only pauses move, and the pauses. */
public final class MovingClock extends Clock implements Delays {
  private final List<Duration> pauses = new ArrayList<>();
  private Instant now;

  public MovingClock(Instant now) {
    this.now = now;
  }

  /** Tokens of the fakes live from the machine's own now. */
  public static MovingClock fromNow() {
    return new MovingClock(Clock.systemUTC().instant());
  }

  @Override
  public synchronized void pause(Duration time) {
    pauses.add(time);
    now = now.plus(time);
  }

  public synchronized void advance(Duration time) {
    now = now.plus(time);
  }

  public synchronized List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("nobody asks for another zone");
  }
}
