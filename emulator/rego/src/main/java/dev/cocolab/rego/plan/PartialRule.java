package dev.cocolab.rego.plan;

import dev.cocolab.rego.syntax.Source;
import dev.cocolab.rego.value.Value;
import java.util.ArrayList;
import java.util.List;

/** Definitions that contribute members to an object or elements to a set. */
record PartialRule(List<Contribution> contributions) implements DocNode.Definition {

  /**
   * One definition.
   *
   * @param keys the path below the rule; none for a plain set
   * @param set whether the value is an element of a set at that path
   */
  record Contribution(
      Source source,
      int offset,
      Body body,
      List<Node> keys,
      Node value,
      boolean set,
      int slots,
      int weight) {

    void addTo(DocTree tree, Evaluation evaluation) {
      evaluation.enter(weight);
      body.run(
          new Frame(evaluation, slots),
          solution -> {
            List<Value> path = new ArrayList<>(keys.size());
            for (Node key : keys) {
              Value name = key.eval(solution);
              if (!name.isDefined()) {
                return false;
              }
              path.add(name);
            }
            Value result = value.eval(solution);
            if (result.isDefined()) {
              evaluation.charge(1);
              tree.add(path, result, set, source, offset);
            }
            return false;
          });
      evaluation.leave(weight);
    }
  }

  /** Adds everything that holds to the tree. */
  void addTo(DocTree tree, Evaluation evaluation) {
    for (Contribution contribution : contributions) {
      contribution.addTo(tree, evaluation);
    }
  }
}
