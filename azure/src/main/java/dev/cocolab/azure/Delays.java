package dev.cocolab.azure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How this module waits, so that tests wait for nothing. */
@FunctionalInterface
public interface Delays {
  /**
   * Returns after this time.
   *
   * @throws AzureException INTERRUPTED when the thread is interrupted; its flag stays set
   */
  void pause(Duration time);

  /** Waits in real time. */
  static Delays real() {
    return time -> {
      try {
        // Nothing counts down: this is a wait that an interrupt ends.
        boolean early = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        assert !early;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AzureException(
            AzureException.Reason.INTERRUPTED, "interrupted while waiting for Azure");
      }
    };
  }
}
