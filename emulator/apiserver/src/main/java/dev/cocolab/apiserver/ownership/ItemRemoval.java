package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.TypeShape;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes fields and elements out of a value; a map or list of which nothing is left becomes null.
 */
final class ItemRemoval {
  private ItemRemoval() {}

  /** What is left; the argument stays as it is. */
  static JsonNode remove(TypeShape declared, JsonNode value, FieldSet gone) {
    TypeShape shape = Shapes.of(declared, value);
    if (shape instanceof Fields fields && value.isObject() && !value.isEmpty()) {
      return fields.atomic() ? nothing() : fields(fields, value, gone);
    }
    if (shape instanceof Items items && value.isArray() && !value.isEmpty()) {
      return items.elements() == Elements.ATOMIC ? nothing() : items(items, value, gone);
    }
    return value.deepCopy();
  }

  private static JsonNode nothing() {
    return JsonNodeFactory.instance.nullNode();
  }

  private static JsonNode fields(Fields fields, JsonNode object, FieldSet gone) {
    ObjectNode kept = Trees.object();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      PathElement step = PathElement.name(entry.getKey());
      if (!gone.has(step)) {
        FieldSet below = gone.below(step);
        kept.set(
            entry.getKey(),
            below.isEmpty()
                ? entry.getValue().deepCopy()
                : remove(Shapes.at(fields, entry.getKey()), entry.getValue(), below));
      }
    }
    return kept.isEmpty() ? nothing() : kept;
  }

  private static JsonNode items(Items items, JsonNode array, FieldSet gone) {
    ArrayNode kept = Trees.array();
    for (JsonNode element : array) {
      try {
        PathElement step = ListItems.step(items, element);
        if (!gone.has(step)) {
          FieldSet below = gone.below(step);
          kept.add(
              below.isEmpty() ? element.deepCopy() : remove(items.element().get(), element, below));
        }
      } catch (ListItems.Unidentified e) {
        kept.add(element.deepCopy());
      }
    }
    return kept.isEmpty() ? nothing() : kept;
  }
}
