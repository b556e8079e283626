package dev.cocolab.rego.plan;

import dev.cocolab.rego.TraceEvent.Outcome;
import java.util.List;

/** The expressions of a body as they run: each charges a step and records what came out. */
final class Expression {

  private Expression() {}

  private static Outcome check(Frame frame, List<Step.Check> checks) {
    for (Step.Check check : checks) {
      Outcome outcome = check.check(frame);
      if (outcome != Outcome.TRUE) {
        return outcome;
      }
    }
    return Outcome.TRUE;
  }

  /** An expression without iteration. */
  record Plain(Recorder.Subject subject, List<Step.Check> checks) implements Step.Check {
    @Override
    public Outcome check(Frame frame) {
      Evaluation evaluation = frame.evaluation();
      evaluation.charge(1);
      subject.clear(frame);
      Outcome outcome = Expression.check(frame, checks);
      evaluation.recorder().record(subject, outcome, frame);
      return outcome;
    }
  }

  /**
   * An expression that iterates.
   *
   * @param sources bind variables, one candidate after the other
   * @param checks decide on a candidate
   */
  record Iterating(Recorder.Subject subject, Body sources, List<Step.Check> checks)
      implements Step {
    @Override
    public boolean run(Frame frame, Next next) {
      Recorder recorder = frame.evaluation().recorder();
      frame.evaluation().charge(1);
      subject.clear(frame);
      boolean[] reached = {false};
      boolean stop =
          sources.run(
              frame,
              candidate -> {
                reached[0] = true;
                candidate.evaluation().charge(1);
                subject.clear(candidate);
                Outcome outcome = Expression.check(candidate, checks);
                recorder.record(subject, outcome, candidate);
                return outcome == Outcome.TRUE && next.go(candidate);
              });
      if (!reached[0]) {
        recorder.record(subject, Outcome.UNDEFINED, frame);
      }
      return stop;
    }
  }
}
