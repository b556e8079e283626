package dev.cocolab.load;

import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Says how many are due when they are due. When it is woken late, everything that came due
 * meanwhile is said at once: nothing is left out, and because a number of the schedule stands for
 * its time, nothing is moved. Safe for use by the thread that says it and the one that ends it.
 */
final class Arrivals {
  private final Schedule schedule;
  private final Ticker ticker;
  private final BooleanSupplier stopped;
  private long said;

  Arrivals(Schedule schedule, Ticker ticker, BooleanSupplier stopped) {
    this.schedule = schedule;
    this.ticker = ticker;
    this.stopped = stopped;
  }

  /**
   * Tells the sink how many have come due from the start on, each time more have, until {@code end}
   * or until stopped.
   */
  void run(long end, LongConsumer sink) throws InterruptedException {
    for (long then = schedule.due(said); then < end && !stopped.getAsBoolean(); ) {
      ticker.awaitUntil(then);
      synchronized (this) {
        if (stopped.getAsBoolean()) {
          return;
        }
        say(Math.min(end, ticker.now() + 1), sink);
        then = schedule.due(said);
      }
    }
  }

  /**
   * Once stopped: tells the sink of what came due before {@code end} and was not said. The thread
   * that says it may have been woken too late, and nothing may be lost.
   */
  synchronized void finish(long end, LongConsumer sink) {
    say(end, sink);
  }

  private void say(long end, LongConsumer sink) {
    long count = schedule.countBefore(end);
    if (count > said) {
      said = count;
      sink.accept(count);
    }
  }
}
