package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.builtin.BuiltinException;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueLimitException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A call of a named function.
 *
 * @param identity what {@code with} replaces the function by
 */
record CallNode(Callable callable, String identity, List<Node> args, Source source, int offset)
    implements Node {

  @Override
  public Value eval(Frame frame) {
    List<Value> values = new ArrayList<>(args.size());
    for (Node arg : args) {
      Value value = arg.eval(frame);
      if (!value.isDefined() && !callable.takesUndefined()) {
        return value;
      }
      frame.evaluation().chargeFor(value);
      values.add(value);
    }
    Evaluation evaluation = frame.evaluation();
    evaluation.charge(1);
    try {
      Evaluation.Replacement replacement = evaluation.replacements().get(identity);
      return replacement == null
          ? callable.call(evaluation, values, this)
          : replacement.call(without(evaluation), values);
    } catch (BuiltinException e) {
      if (!evaluation.strict()) {
        return Undefined.UNDEFINED;
      }
      throw source.error(RegoException.Reason.EVALUATION, offset, identity + ": " + e.getMessage());
    } catch (ValueLimitException e) {
      throw source.error(RegoException.Reason.BUDGET, offset, e.getMessage());
    }
  }

  /** Inside a replacement the name means the function itself again. */
  private Evaluation without(Evaluation evaluation) {
    Map<String, Evaluation.Replacement> others = new HashMap<>(evaluation.replacements());
    others.remove(identity);
    return evaluation.with(evaluation.input(), evaluation.data(), evaluation.overrides(), others);
  }
}
