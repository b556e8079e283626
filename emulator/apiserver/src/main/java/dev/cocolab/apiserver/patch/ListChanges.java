package dev.cocolab.apiserver.patch;

import dev.cocolab.apiserver.json.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Changes of whole lists by a strategic merge patch, each in a time that grows as the list. */
final class ListChanges {
  private ListChanges() {}

  /** The list with those values at its end that it does not have. */
  static ArrayNode union(ArrayNode before, ArrayNode additions) {
    ArrayNode merged = before.deepCopy();
    Set<JsonNode> known = new LinkedHashSet<>();
    before.forEach(known::add);
    additions.forEach(
        value -> {
          if (known.add(value)) {
            merged.add(value);
          }
        });
    return merged;
  }

  /** Removes all values that stand in the other list. */
  static void remove(ArrayNode present, JsonNode gone) {
    Set<JsonNode> values = new HashSet<>();
    gone.forEach(values::add);
    present.removeIf(values::contains);
  }

  /**
   * Elements named in the order come in that order; the others keep their place after the element
   * they followed.
   *
   * @param key field that identifies an element; empty when the element itself does
   */
  static ArrayNode ordered(ArrayNode values, ArrayNode order, String key) {
    Map<JsonNode, List<Integer>> places = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      places.computeIfAbsent(identity(values.get(i), key), id -> new ArrayList<>()).add(i);
    }
    List<Integer> named = new ArrayList<>();
    for (JsonNode wanted : order) {
      List<Integer> found = places.remove(identity(wanted, key));
      if (found != null) {
        named.addAll(found);
      }
    }
    Set<Integer> taken = new HashSet<>(named);
    Map<Integer, List<JsonNode>> followers = new HashMap<>();
    int before = -1;
    for (int i = 0; i < values.size(); i++) {
      if (taken.contains(i)) {
        before = i;
      } else {
        followers.computeIfAbsent(before, place -> new ArrayList<>()).add(values.get(i));
      }
    }
    ArrayNode result = Trees.array();
    followers.getOrDefault(-1, List.of()).forEach(result::add);
    for (int i : named) {
      result.add(values.get(i));
      followers.getOrDefault(i, List.of()).forEach(result::add);
    }
    return result;
  }

  private static JsonNode identity(JsonNode element, String key) {
    return key.isEmpty() ? element : element.path(key);
  }
}
