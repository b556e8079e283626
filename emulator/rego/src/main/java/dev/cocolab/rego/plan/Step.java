package dev.cocolab.rego.plan;

import dev.cocolab.rego.TraceEvent.Outcome;

/** A part of a body. */
interface Step {

  /**
   * Runs the continuation once for each way in which this step holds.
   *
   * @return true if the continuation asked to stop
   */
  boolean run(Frame frame, Next next);

  /** What comes after a step. */
  @FunctionalInterface
  interface Next {
    /** Goes on; true to stop looking for further solutions. */
    boolean go(Frame frame);
  }

  /** A step that holds in at most one way. */
  interface Check extends Step {

    Outcome check(Frame frame);

    @Override
    default boolean run(Frame frame, Next next) {
      return check(frame) == Outcome.TRUE && next.go(frame);
    }
  }
}
