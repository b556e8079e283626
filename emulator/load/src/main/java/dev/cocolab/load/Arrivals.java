package dev.cocolab.load;

import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/**
 * Says what is due when it is due. When it is woken late, everything that came due meanwhile is
 * said at once, with the times it was due: nothing is left out and nothing is moved. Safe for use
 * by the thread that says it and the one that ends it.
 */
final class Arrivals {
  private final Schedule schedule;
  private final Ticker ticker;
  private final BooleanSupplier stopped;
  private long next;

  Arrivals(Schedule schedule, Ticker ticker, BooleanSupplier stopped) {
    this.schedule = schedule;
    this.ticker = ticker;
    this.stopped = stopped;
  }

  /** Gives the sink each due time before {@code end}, until then or until stopped. */
  void run(long end, LongConsumer sink) throws InterruptedException {
    while (true) {
      long then;
      synchronized (this) {
        then = schedule.due(next);
      }
      if (then >= end) {
        return;
      }
      ticker.awaitUntil(then);
      synchronized (this) {
        if (stopped.getAsBoolean()) {
          return;
        }
        sink.accept(then);
        next++;
      }
    }
  }

  /**
   * Once stopped: gives the sink each due time before {@code end} that was not said. The thread
   * that says them may have been woken too late, and nothing may be lost.
   */
  synchronized void finish(long end, LongConsumer sink) {
    for (; schedule.due(next) < end; next++) {
      sink.accept(schedule.due(next));
    }
  }
}
