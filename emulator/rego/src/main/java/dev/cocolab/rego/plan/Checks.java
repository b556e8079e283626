package dev.cocolab.rego.plan;

import dev.cocolab.rego.TraceEvent.Outcome;
import dev.cocolab.rego.value.ArrayValue;
import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.SetValue;
import dev.cocolab.rego.value.Value;

/** What expressions come down to once their variables are bound. */
final class Checks {

  private Checks() {}

  private static Outcome outcome(boolean holds) {
    return holds ? Outcome.TRUE : Outcome.FALSE;
  }

  /** A term that must be defined and not false. */
  record Holds(Node node) implements Step.Check {
    @Override
    public Outcome check(Frame frame) {
      Value value = node.eval(frame);
      return value.isDefined() ? outcome(value.holds()) : Outcome.UNDEFINED;
    }
  }

  /** A value that must match a pattern. */
  record Matches(Pattern pattern, Node node) implements Step.Check {
    @Override
    public Outcome check(Frame frame) {
      Value value = node.eval(frame);
      return value.isDefined() ? outcome(pattern.match(frame, value)) : Outcome.UNDEFINED;
    }
  }

  /** Two values that must be equal. */
  record Equal(Node left, Node right) implements Step.Check {
    @Override
    public Outcome check(Frame frame) {
      Value a = left.eval(frame);
      Value b = right.eval(frame);
      frame.evaluation().chargeFor(a);
      return a.isDefined() && b.isDefined() ? outcome(a.compareTo(b) == 0) : Outcome.UNDEFINED;
    }
  }

  /** Literals of different shape never unify. */
  record Never() implements Step.Check {
    @Override
    public Outcome check(Frame frame) {
      return Outcome.FALSE;
    }
  }

  /** {@code not}: holds where the body has no solution. */
  record Negation(Body body) implements Step.Check {
    @Override
    public Outcome check(Frame frame) {
      return outcome(!body.holds(frame));
    }
  }

  /**
   * {@code every}: holds where the body has a solution for each member; false where there is
   * nothing to iterate over.
   */
  record Every(Node collection, Pattern key, Pattern value, Body body) implements Step.Check {
    @Override
    public Outcome check(Frame frame) {
      Value domain = collection.eval(frame);
      if (!domain.isDefined()) {
        return Outcome.UNDEFINED;
      }
      if (!(domain instanceof ArrayValue
          || domain instanceof SetValue
          || domain instanceof ObjectValue)) {
        return Outcome.FALSE;
      }
      frame.evaluation().enter(1);
      boolean failed =
          domain.visit(
              (k, v) -> {
                frame.evaluation().charge(1);
                return !(key.match(frame, k) && value.match(frame, v) && body.holds(frame));
              });
      frame.evaluation().leave(1);
      return outcome(!failed);
    }
  }
}
