package dev.cocolab.steps.targets.aro;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something again and again, on a thread of its own, until it is closed. */
final class Watchdog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  Watchdog(Duration pause, Runnable look) {
    Objects.requireNonNull(look, "look");
    thread = new Thread(() -> watch(pause, look), "aro-budget");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch(Duration pause, Runnable look) {
    try {
      while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          look.run();
        } catch (RuntimeException | AssertionError e) {
          // The next look may succeed.
          LOG.warn("could not look at the budget: {}", CleanUp.reason(e));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when no look is under way. */
  @Override
  public void close() {
    closed.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
