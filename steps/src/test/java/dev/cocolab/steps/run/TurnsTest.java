package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

@Timeout(30)
class TurnsTest {
  private final Turns turns = new Turns();
  private final ExecutorService others = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    others.shutdownNow();
  }

  /** Takes a turn on a thread of its own and gives it back when it is let go. */
  private Future<?> scenario(boolean alone, CountDownLatch running, CountDownLatch letGo) {
    return others.submit(
        () -> {
          Turns.Turn turn = turns.take(alone);
          running.countDown();
          letGo.await();
          turn.end();
          return null;
        });
  }

  @Test
  void whoMeasuresWaitsForTheOthersAndKeepsThemWaiting() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    CountDownLatch endOfTwo = new CountDownLatch(1);
    Future<?> one = scenario(false, two, endOfTwo);
    Future<?> other = scenario(false, two, endOfTwo);
    two.await();

    CountDownLatch alone = new CountDownLatch(1);
    CountDownLatch endOfAlone = new CountDownLatch(1);
    Future<?> measuring = scenario(true, alone, endOfAlone);
    assertThat(alone.await(100, TimeUnit.MILLISECONDS)).as("runs beside others").isFalse();
    endOfTwo.countDown();
    alone.await();
    one.get();
    other.get();

    CountDownLatch next = new CountDownLatch(1);
    CountDownLatch endOfNext = new CountDownLatch(1);
    Future<?> later = scenario(false, next, endOfNext);
    assertThat(next.await(100, TimeUnit.MILLISECONDS)).as("runs beside who measures").isFalse();
    endOfAlone.countDown();
    measuring.get();
    next.await();
    endOfNext.countDown();
    later.get();
  }

  @Test
  void whoIsInterruptedWhileItWaitsIsSkipped() {
    Turns.Turn turn = turns.take(false);
    turn.end();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> turns.take(true))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("skipped: interrupted before its turn");
    assertThat(Thread.interrupted()).isTrue();
  }
}
