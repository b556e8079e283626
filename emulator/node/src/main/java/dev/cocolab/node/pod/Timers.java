package dev.cocolab.node.pod;

import java.time.Duration;

/** Runs something later. */
@FunctionalInterface
public interface Timers {
  /** A planned action. */
  @FunctionalInterface
  interface Planned {
    /** Forgets the action if it has not begun. */
    void cancel();
  }

  /** Plans an action, which must not block. */
  Planned after(Duration delay, Runnable action);
}
