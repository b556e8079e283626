package dev.cocolab.rego.plan;

import dev.cocolab.rego.RegoException;
import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.List;

/**
 * One definition of a rule with a single value, or of a function.
 *
 * @param parameters matched with the arguments first
 * @param branches the definition itself, then its {@code else} branches
 * @param slots size of the frame
 * @param weight nesting of its expressions, for the limit on depth
 */
record Clause(
    Source source,
    int offset,
    List<Pattern> parameters,
    List<Branch> branches,
    int slots,
    int weight,
    String conflict) {

  /** A body and the value it yields. */
  record Branch(Body body, Node value) {}

  /** The value of the first branch that has one. */
  Value evaluate(Evaluation evaluation, List<Value> arguments) {
    Frame frame = new Frame(evaluation, slots);
    for (int i = 0; i < parameters.size(); i++) {
      if (!parameters.get(i).match(frame, arguments.get(i))) {
        return Undefined.UNDEFINED;
      }
    }
    evaluation.enter(weight);
    Value result = Undefined.UNDEFINED;
    for (Branch branch : branches) {
      result = solve(branch, frame);
      if (result.isDefined()) {
        break;
      }
    }
    evaluation.leave(weight);
    return result;
  }

  private Value solve(Branch branch, Frame frame) {
    boolean constant = branch.value() instanceof Node.Constant;
    Value[] found = {Undefined.UNDEFINED};
    branch
        .body()
        .run(
            frame,
            solution -> {
              found[0] = merge(found[0], branch.value().eval(solution));
              return constant;
            });
    return found[0];
  }

  /** The one of two results that is defined; they must not differ. */
  Value merge(Value known, Value value) {
    if (!known.isDefined() || !value.isDefined()) {
      return known.isDefined() ? known : value;
    }
    if (known.compareTo(value) != 0) {
      throw source.error(RegoException.Reason.EVALUATION, offset, conflict);
    }
    return known;
  }
}
