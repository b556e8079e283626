package dev.cocolab.operators.control;

import java.time.Duration;
import java.util.Optional;

/** Moves one object towards its desired state. */
@FunctionalInterface
public interface Reconciler {

  /**
   * Looks at the observed state and does what is missing. Must be idempotent. An exception has the
   * key tried again with growing delay.
   *
   * @return after which time to look again although nothing has happened; empty for never
   */
  Optional<Duration> reconcile(ObjectKey key);
}
