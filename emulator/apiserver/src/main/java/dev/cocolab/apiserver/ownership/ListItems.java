package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Elements of lists that are told apart by key fields or by value. */
final class ListItems {
  private ListItems() {}

  /** An element that has no step of its own. */
  static final class Unidentified extends Exception {
    private static final long serialVersionUID = 1L;

    Unidentified(String message) {
      super(message);
    }
  }

  /** The step that leads to an element. */
  static PathElement step(Items list, JsonNode element) throws Unidentified {
    if (list.elements() == Elements.SET) {
      if (element.isContainer() || element.isNull()) {
        throw new Unidentified(
            element.isNull()
                ? "associative list without keys has an element that's an explicit null"
                : element.isObject()
                    ? "associative list without keys has an element that's a map type"
                    : "not supported: associative list with lists as elements");
      }
      return new PathElement.Value(element);
    }
    if (!element.isObject()) {
      throw new Unidentified(
          element.isNull()
              ? "associative list with keys may not have a null element"
              : "associative list with keys may not have non-map elements");
    }
    SortedMap<String, JsonNode> fields = new TreeMap<>();
    for (String key : list.keys()) {
      String preset = list.keyDefault().apply(key);
      if (element.has(key)) {
        fields.put(key, element.path(key));
      } else if (!preset.isEmpty()) {
        fields.put(key, Trees.strings(List.of(preset)).get(0));
      } else {
        throw new Unidentified(
            "associative list with keys has an element that omits key field \""
                + key
                + "\" (and doesn't have default value)");
      }
    }
    return new PathElement.Key(fields);
  }

  /**
   * A list by steps.
   *
   * @param order each step once, as the list has them
   * @param elements the elements of each step; more than one where the list has duplicates
   */
  record Indexed(List<PathElement> order, NavigableMap<PathElement, List<JsonNode>> elements) {
    Optional<JsonNode> only(PathElement step) {
      List<JsonNode> found = elements.getOrDefault(step, List.of());
      return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    List<JsonNode> all(PathElement step) {
      return elements.getOrDefault(step, List.of());
    }
  }

  /** Elements without a step of their own are left out. */
  static Indexed index(Items list, JsonNode array) {
    List<PathElement> order = new ArrayList<>();
    NavigableMap<PathElement, List<JsonNode>> elements = new TreeMap<>();
    for (JsonNode element : array) {
      try {
        PathElement step = step(list, element);
        List<JsonNode> same = elements.computeIfAbsent(step, s -> new ArrayList<>());
        if (same.isEmpty()) {
          order.add(step);
        }
        same.add(element);
      } catch (Unidentified e) {
        // has no owner of its own
      }
    }
    return new Indexed(order, elements);
  }
}
