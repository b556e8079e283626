package dev.cocolab.lab.joined;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Looks at a cluster until it is as wanted: what many kinds have in common cannot be watched. */
final class Patience {
  private static final Duration POLL = Duration.ofMillis(100);

  private Patience() {}

  /** Whether it became so within the limit. */
  static boolean until(Duration limit, BooleanSupplier wanted) {
    try {
      Awaitility.await()
          .pollInSameThread()
          .pollDelay(Duration.ZERO)
          .pollInterval(POLL)
          .atMost(limit)
          .until(wanted::getAsBoolean);
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }
}
