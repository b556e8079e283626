package dev.cocolab.cli.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** With a clock of its own, which only the work moves. */
class StopwatchTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger done = new AtomicInteger();

  @Test
  void theBestRoundAfterTheWarmUpCounts() throws Exception {
    long[] micros = {1, 1, 1, 30, 20, 40};
    Stopwatch watch = new Stopwatch(3, 3, nanos::get);

    double best = watch.bestMicros(() -> nanos.addAndGet(1000 * micros[done.getAndIncrement()]));

    assertThat(best).isEqualTo(20);
    assertThat(done).hasValue(6);
  }

  @Test
  void withoutAWarmUpTheFirstRoundCounts() throws Exception {
    Stopwatch watch = new Stopwatch(0, 1, nanos::get);

    assertThat(watch.bestMicros(() -> nanos.addAndGet(7000))).isEqualTo(7);
  }
}
