package dev.cocolab.apiserver.patch;

import dev.cocolab.apiserver.json.Trees;
import java.util.ArrayList;
import java.util.Comparator;
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

  /**
   * Elements of the patch come in its order, the others in theirs; between an element of each, the
   * one goes first that did before, and the patch's where there is no before.
   *
   * @param key field that identifies an element; empty when the element itself does
   */
  static ArrayNode placed(ArrayNode merged, ArrayNode before, ArrayNode patch, String key) {
    Map<JsonNode, Integer> old = places(before, key);
    Map<JsonNode, Integer> wanted = places(patch, key);
    List<JsonNode> patched = new ArrayList<>();
    List<JsonNode> others = new ArrayList<>();
    for (JsonNode element : merged) {
      (wanted.containsKey(identity(element, key)) ? patched : others).add(element);
    }
    patched.sort(Comparator.comparing(element -> wanted.get(identity(element, key))));
    ArrayNode result = Trees.array();
    int at = 0;
    for (JsonNode element : patched) {
      Integer place = old.get(identity(element, key));
      while (place != null
          && at < others.size()
          && old.getOrDefault(identity(others.get(at), key), Integer.MAX_VALUE) < place) {
        result.add(others.get(at++));
      }
      result.add(element);
    }
    others.subList(at, others.size()).forEach(result::add);
    return result;
  }

  private static Map<JsonNode, Integer> places(ArrayNode values, String key) {
    Map<JsonNode, Integer> places = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      places.putIfAbsent(identity(values.get(i), key), i);
    }
    return places;
  }

  private static JsonNode identity(JsonNode element, String key) {
    return key.isEmpty() ? element : element.path(key);
  }
}
