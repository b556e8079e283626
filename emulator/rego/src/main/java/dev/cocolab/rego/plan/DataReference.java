package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.Value;
import java.util.List;
import java.util.Optional;

/** A reference into {@code data} whose keys are all known. */
record DataReference(DocNode root, List<Node> path) implements Node {

  @Override
  public Value eval(Frame frame) {
    Evaluation evaluation = frame.evaluation();
    Documents.Place place = new Documents.Place(Optional.of(root), evaluation.data());
    for (Node key : path) {
      place = Documents.settle(evaluation, place);
      Value name = key.eval(frame);
      if (!name.isDefined()) {
        return name;
      }
      place = Documents.down(place, name);
      if (place.node().isEmpty() && !place.base().isDefined()) {
        return place.base();
      }
    }
    return Documents.value(evaluation, place);
  }
}
