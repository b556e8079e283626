package dev.cocolab.steps.persona;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Waits for a described condition and, at the end of patience, says what was seen last. */
public final class Patience {
  private final Duration poll;

  /** Looks this often. */
  public Patience(Duration poll) {
    this.poll = Objects.requireNonNull(poll, "poll");
  }

  /**
   * Looks again and again until there is something.
   *
   * @param what the condition, as the end of "waited N s for …"
   * @param look gives the awaited value, or empty
   * @param seen describes the present state for the message
   * @throws AssertionError when the time is over
   */
  public <T> T until(
      String what, Duration limit, Supplier<Optional<T>> look, Supplier<String> seen) {
    AtomicReference<T> found = new AtomicReference<>();
    try {
      Awaitility.await(what)
          .atMost(limit)
          .pollDelay(Duration.ZERO)
          .pollInterval(poll)
          .until(
              () -> {
                look.get().ifPresent(found::set);
                return found.get() != null;
              });
      return found.get();
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "waited %d s for %s; last seen: %s".formatted(limit.toSeconds(), what, seen.get()), e);
    }
  }
}
