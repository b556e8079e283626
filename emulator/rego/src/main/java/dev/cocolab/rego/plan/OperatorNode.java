package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.builtin.BuiltinException;
import dev.cocolab.rego.builtin.Operators;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueLimitException;

/** An infix operator. */
record OperatorNode(
    Operators.Operator operator, String name, Node left, Node right, Source source, int offset)
    implements Node {

  @Override
  public Value eval(Frame frame) {
    Value a = left.eval(frame);
    Value b = right.eval(frame);
    if (!a.isDefined() || !b.isDefined()) {
      return Undefined.UNDEFINED;
    }
    try {
      frame.evaluation().chargeFor(a);
      frame.evaluation().chargeFor(b);
      return operator.apply(frame.evaluation(), a, b);
    } catch (BuiltinException e) {
      if (!frame.evaluation().strict()) {
        return Undefined.UNDEFINED;
      }
      throw source.error(RegoException.Reason.EVALUATION, offset, name + ": " + e.getMessage());
    } catch (ValueLimitException e) {
      throw source.error(RegoException.Reason.BUDGET, offset, e.getMessage());
    }
  }
}
