package dev.cocolab.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Times an operation on one core: it is run for a while so that it is compiled, then in batches of
 * some length, of which the middle one counts. What else the machine does meanwhile falls on few of
 * the batches, and with processor time as the clock mostly on none.
 */
final class OperationTimer {
  private static final int BATCHES = 7;

  private final LongSupplier clock;
  private final Duration warmup;
  private final Duration batch;

  /**
   * A timer.
   *
   * @param clock nanoseconds; best the processor time of the thread
   * @param warmup how long each operation is run first
   * @param batch how long a batch lasts at least
   */
  OperationTimer(LongSupplier clock, Duration warmup, Duration batch) {
    this.clock = clock;
    this.warmup = warmup;
    this.batch = batch;
  }

  /** Nanoseconds of one call. */
  double nanos(Work work) {
    run(work, warmup.toNanos());
    double[] times = new double[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
      times[i] = run(work, batch.toNanos());
    }
    Arrays.sort(times);
    return times[BATCHES / 2];
  }

  private double run(Work work, long least) {
    long start = clock.getAsLong();
    long calls = 0;
    long spent;
    // The clock costs as much as a small operation, so it is asked once for twice as many each
    // time.
    for (long next = 1; ; next = calls) {
      for (long i = 0; i < next; i++) {
        work.run();
      }
      calls += next;
      spent = clock.getAsLong() - start;
      if (spent >= least) {
        return (double) spent / calls;
      }
    }
  }

  /** What is timed; a failure ends the measurement. */
  interface Work {
    void run();
  }
}
