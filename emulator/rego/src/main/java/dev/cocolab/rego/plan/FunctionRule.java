package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.List;

/**
 * A function.
 *
 * @param fallback the default value, or a constant undefined
 */
record FunctionRule(int arity, List<Clause> clauses, Node fallback) implements DocNode.Definition {

  Value call(Evaluation evaluation, List<Value> arguments) {
    Value result = Undefined.UNDEFINED;
    for (Clause clause : clauses) {
      result = clause.merge(result, clause.evaluate(evaluation, arguments));
    }
    return result.isDefined() ? result : fallback.eval(new Frame(evaluation, 0));
  }
}
