package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.TypeShape;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts what an applier says on top of what is there. Nothing is removed; where both have a plain
 * value or a value owned as a whole, the applier's stands.
 */
final class StructuredMerge {
  private StructuredMerge() {}

  /** The merged value; the arguments stay as they are. */
  static JsonNode merge(TypeShape shape, JsonNode live, JsonNode applied) {
    return merge(shape, Optional.of(live), Optional.of(applied)).orElseThrow();
  }

  private static Optional<JsonNode> merge(
      TypeShape declared, Optional<JsonNode> live, Optional<JsonNode> applied) {
    TypeShape shape = Shapes.of(declared, applied.or(() -> live).orElseThrow());
    if (live.isEmpty()) {
      return applied.map(JsonNode::deepCopy);
    }
    if (applied.isEmpty()) {
      return live.map(JsonNode::deepCopy);
    }
    JsonNode old = live.get();
    JsonNode young = applied.get();
    if (shape instanceof Fields fields && !fields.atomic() && old.isObject()) {
      return Optional.of(young.isObject() ? fields(fields, old, young) : old.deepCopy());
    }
    if (shape instanceof Items items && items.elements() != Elements.ATOMIC && old.isArray()) {
      return Optional.of(young.isArray() ? items(items, old, young) : old.deepCopy());
    }
    return Optional.of(young.deepCopy());
  }

  private static ObjectNode fields(Fields fields, JsonNode live, JsonNode applied) {
    ObjectNode merged = Trees.object();
    for (Map.Entry<String, JsonNode> entry : live.properties()) {
      String name = entry.getKey();
      merge(Shapes.at(fields, name), Optional.of(entry.getValue()), present(applied, name))
          .ifPresent(value -> merged.set(name, value));
    }
    for (Map.Entry<String, JsonNode> entry : applied.properties()) {
      if (!live.has(entry.getKey())) {
        merged.set(entry.getKey(), entry.getValue().deepCopy());
      }
    }
    return merged;
  }

  private static Optional<JsonNode> present(JsonNode object, String name) {
    return Optional.of(object.path(name)).filter(value -> !value.isMissingNode());
  }

  /**
   * Elements that both lists have come in the applier's order; those of the live list alone keep
   * their place after the elements that precede them there.
   */
  private static ArrayNode items(Items items, JsonNode live, JsonNode applied) {
    ListItems.Indexed old = ListItems.index(items, live);
    ListItems.Indexed young = ListItems.index(items, applied);
    Deque<Map.Entry<PathElement, JsonNode>> waiting = new ArrayDeque<>(entries(items, live));
    ArrayNode merged = Trees.array();
    Deque<PathElement> shared = new ArrayDeque<>();
    young.order().stream().filter(old.elements()::containsKey).forEach(shared::add);
    for (PathElement step : young.order()) {
      drain(waiting, young, Optional.ofNullable(shared.peek()), merged);
      if (old.elements().containsKey(step)) {
        shared.remove();
      }
      if (!waiting.isEmpty() && waiting.peek().getKey().compareTo(step) == 0) {
        waiting.remove();
      }
      merge(items.element().get(), old.only(step), Optional.of(young.all(step).get(0)))
          .ifPresent(merged::add);
    }
    drain(waiting, young, Optional.empty(), merged);
    return merged;
  }

  /**
   * Takes elements from the live list up to the next that both have; those that both have out of
   * that order come where the applier has them.
   */
  private static void drain(
      Deque<Map.Entry<PathElement, JsonNode>> waiting,
      ListItems.Indexed young,
      Optional<PathElement> nextShared,
      ArrayNode merged) {
    while (!waiting.isEmpty()) {
      PathElement head = waiting.peek().getKey();
      if (nextShared.isPresent() && nextShared.get().compareTo(head) == 0) {
        return;
      }
      JsonNode element = waiting.remove().getValue();
      if (!young.elements().containsKey(head)) {
        merged.add(element);
      }
    }
  }

  private static List<Map.Entry<PathElement, JsonNode>> entries(Items items, JsonNode list) {
    List<Map.Entry<PathElement, JsonNode>> entries = new ArrayList<>();
    for (JsonNode element : list) {
      try {
        entries.add(Map.entry(ListItems.step(items, element), element.deepCopy()));
      } catch (ListItems.Unidentified e) {
        // refused before it comes here
      }
    }
    return entries;
  }
}
