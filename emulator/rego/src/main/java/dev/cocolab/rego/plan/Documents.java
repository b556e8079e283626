package dev.cocolab.rego.plan;

import dev.cocolab.rego.value.ObjectValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Undefined;
import dev.cocolab.rego.value.Value;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Walks the tree of rules laid over the base documents. */
final class Documents {

  private Documents() {}

  /**
   * A place in {@code data} or in a value.
   *
   * @param node the rules at this place; empty once the walk has left them
   * @param base the value, or while there are rules the base document below them
   */
  record Place(Optional<DocNode> node, Value base) {

    static Place of(Value value) {
      return new Place(Optional.empty(), value);
    }
  }

  /** Replaces a place that a rule defines by the rule's value. */
  static Place settle(Evaluation evaluation, Place place) {
    if (place.node().isEmpty()) {
      return place;
    }
    DocNode node = place.node().get();
    Optional<Value> override = evaluation.override(node);
    if (override.isPresent()) {
      return Place.of(override.get());
    }
    if (node.definition().isEmpty()) {
      return place;
    }
    return Place.of(value(evaluation, place));
  }

  /** The place below a settled one. */
  static Place down(Place place, Value key) {
    Optional<DocNode> child =
        place.node().isPresent() && key instanceof StringValue name
            ? place.node().get().child(name.value())
            : Optional.empty();
    return new Place(child, place.base().get(key));
  }

  /** The value at a place; objects of rules are built. */
  static Value value(Evaluation evaluation, Place place) {
    if (place.node().isEmpty()) {
      return place.base();
    }
    DocNode node = place.node().get();
    Optional<Value> override = evaluation.override(node);
    if (override.isPresent()) {
      return override.get();
    }
    if (node.definition().isPresent()) {
      DocNode.Definition definition = node.definition().get();
      if (definition instanceof ValueRule rule) {
        return evaluation.once(node, () -> rule.evaluate(evaluation));
      }
      if (definition instanceof FunctionRule) {
        return Undefined.UNDEFINED;
      }
      return evaluation.once(node, () -> build(evaluation, node, place.base()));
    }
    return build(evaluation, node, place.base());
  }

  private static Value build(Evaluation evaluation, DocNode node, Value base) {
    DocTree tree = new DocTree();
    collect(evaluation, node, tree);
    tree.underlay(base);
    return tree.toValue();
  }

  /** Adds what the rules at and below a node define. */
  private static void collect(Evaluation evaluation, DocNode node, DocTree tree) {
    evaluation.enter(1);
    if (node.definition().orElse(null) instanceof PartialRule rule) {
      if (rule.contributions().stream().allMatch(c -> c.set() && c.keys().isEmpty())) {
        tree.markSet();
      }
      rule.addTo(tree, evaluation);
    }
    for (Map.Entry<String, DocNode> child : node.children().entrySet()) {
      Value key = new StringValue(child.getKey());
      DocNode below = child.getValue();
      Optional<Value> override = evaluation.override(below);
      DocNode.Definition definition = below.definition().orElse(null);
      if (override.isPresent()) {
        tree.member(key, below.path()).value(override.get(), below.path());
      } else if (definition instanceof ValueRule rule) {
        Value value = evaluation.once(below, () -> rule.evaluate(evaluation));
        if (value.isDefined()) {
          tree.member(key, below.path()).value(value, below.path());
        }
      } else if (!(definition instanceof FunctionRule)) {
        collect(evaluation, below, tree.member(key, below.path()));
      }
    }
    evaluation.leave(1);
  }

  /** Passes on each member of a settled place, in order, until the visitor returns true. */
  static boolean visit(Evaluation evaluation, Place place, MemberVisitor visitor) {
    if (place.node().isEmpty()) {
      return place
          .base()
          .visit(
              (key, value) -> {
                evaluation.charge(1);
                return visitor.member(key, Place.of(value));
              });
    }
    TreeSet<Value> keys = new TreeSet<>();
    place.node().get().children().keySet().forEach(name -> keys.add(new StringValue(name)));
    if (place.base() instanceof ObjectValue object) {
      keys.addAll(object.keys());
    }
    for (Value key : keys) {
      evaluation.charge(1);
      if (visitor.member(key, down(place, key))) {
        return true;
      }
    }
    return false;
  }

  /** Receives the members of a place. */
  @FunctionalInterface
  interface MemberVisitor {
    boolean member(Value key, Place place);
  }
}
