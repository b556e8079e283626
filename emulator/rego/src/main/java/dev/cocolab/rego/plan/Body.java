package dev.cocolab.rego.plan;

import dev.cocolab.rego.TraceEvent.Outcome;
import java.util.List;

/** Steps that must all hold. */
record Body(List<Step> steps) {

  static final Body EMPTY = new Body(List.of());

  /** Runs the continuation for each solution; true if it asked to stop. */
  boolean run(Frame frame, Step.Next next) {
    return run(frame, 0, next);
  }

  /** Whether there is a solution. */
  boolean holds(Frame frame) {
    return run(frame, solution -> true);
  }

  private boolean run(Frame frame, int from, Step.Next next) {
    for (int i = from; i < steps.size(); i++) {
      if (steps.get(i) instanceof Step.Check check) {
        if (check.check(frame) != Outcome.TRUE) {
          return false;
        }
      } else {
        int rest = i + 1;
        frame.evaluation().enter(Budget.ITERATION);
        boolean stop = steps.get(i).run(frame, inner -> run(inner, rest, next));
        frame.evaluation().leave(Budget.ITERATION);
        return stop;
      }
    }
    return next.go(frame);
  }
}
