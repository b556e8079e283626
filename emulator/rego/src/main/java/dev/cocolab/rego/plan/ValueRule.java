package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.List;

/**
 * A rule with one value.
 *
 * @param fallback the default value, or a constant undefined
 */
record ValueRule(List<Clause> clauses, Node fallback) implements DocNode.Definition {

  Value evaluate(Evaluation evaluation) {
    Value result = Undefined.UNDEFINED;
    for (Clause clause : clauses) {
      result = clause.merge(result, clause.evaluate(evaluation, List.of()));
    }
    return result.isDefined() ? result : fallback.eval(new Frame(evaluation, 0));
  }
}
