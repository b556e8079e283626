package dev.cocolab.guest;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits between two attempts. */
@FunctionalInterface
interface Pause {

  /** Returns after the time; throws {@link KbsException} when the waiting thread is interrupted. */
  void of(Duration time);

  /** Waits for a Vert.x timer. */
  static Pause on(Vertx vertx) {
    return time -> {
      try {
        vertx
            .timer(time.toMillis(), TimeUnit.MILLISECONDS)
            .toCompletionStage()
            .toCompletableFuture()
            .get(time.toMillis() + 5_000, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KbsException("interrupted between two attempts", e);
      } catch (ExecutionException | TimeoutException e) {
        throw new KbsException("the guest is shutting down", e);
      }
    };
  }
}
