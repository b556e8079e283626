package dev.cocolab.apiserver.patch;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Merge;
import dev.cocolab.apiserver.schema.MessageType.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Strategic merge patch: a merge patch that knows how lists of the built-in kinds are merged.
 * Directives: {@code $patch} (merge, replace, delete), {@code $setElementOrder/list}, {@code
 * $deleteFromPrimitiveList/list}, {@code $retainKeys}.
 */
public final class StrategicMergePatch {
  private static final String PATCH = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final String ORDER = "$setElementOrder/";
  private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
  private static final Set<String> KNOWN = Set.of(PATCH, RETAIN_KEYS);

  private final ApiTypes types;

  public StrategicMergePatch(ApiTypes types) {
    this.types = types;
  }

  /**
   * The patched object; the arguments stay as they are.
   *
   * @param typeName structure of the object, for example {@code core/v1.Pod}
   * @throws PatchRefused for a directive that is wrong
   */
  public ObjectNode apply(ObjectNode target, ObjectNode patch, String typeName) {
    return merge(target.deepCopy(), patch, Optional.of(typeName));
  }

  private ObjectNode merge(ObjectNode target, ObjectNode patch, Optional<String> typeName) {
    switch (Trees.textOrEmpty(patch, PATCH)) {
      case "replace" -> {
        ObjectNode replacement = patch.deepCopy();
        replacement.remove(PATCH);
        return replacement;
      }
      case "delete" -> {
        return Trees.object();
      }
      case "", "merge" -> {
        // the usual case
      }
      default -> throw PatchRefused.malformed("Unknown patch type found: " + patch.path(PATCH));
    }
    retainKeys(target, patch);
    for (String name : patch.propertyNames()) {
      if (name.startsWith(DELETE_FROM)) {
        deleteFrom(target, name.substring(DELETE_FROM.length()), patch.path(name));
      } else if (name.startsWith("$") && !KNOWN.contains(name) && !name.startsWith(ORDER)) {
        throw PatchRefused.malformed("unknown directive " + name);
      }
    }
    for (Map.Entry<String, JsonNode> change : patch.properties()) {
      if (!change.getKey().startsWith("$")) {
        field(target, change.getKey(), change.getValue(), typeName);
      }
    }
    for (String name : patch.propertyNames()) {
      if (name.startsWith(ORDER)) {
        order(target, name.substring(ORDER.length()), patch.path(name), typeName);
      }
    }
    return target;
  }

  private static void retainKeys(ObjectNode target, ObjectNode patch) {
    JsonNode keys = patch.path(RETAIN_KEYS);
    if (keys.isArray()) {
      Set<String> retained = new HashSet<>(Trees.texts(patch, RETAIN_KEYS));
      for (String name : patch.propertyNames()) {
        if (!name.startsWith("$") && !patch.path(name).isNull() && !retained.contains(name)) {
          throw PatchRefused.malformed("patch has keys that are not in $retainKeys: " + name);
        }
      }
      target.retain(retained);
    }
  }

  private void field(ObjectNode target, String name, JsonNode value, Optional<String> typeName) {
    if (value.isNull()) {
      target.remove(name);
      return;
    }
    Optional<Field> field = typeName.map(t -> types.message(t).byJsonName().get(name));
    if (value instanceof ObjectNode object) {
      ObjectNode before = target.path(name) instanceof ObjectNode known ? known : Trees.object();
      boolean deleted = Trees.textOrEmpty(object, PATCH).equals("delete");
      if (deleted) {
        target.remove(name);
      } else {
        target.set(name, merge(before, object, field.flatMap(f -> messageOf(f.type()))));
      }
      return;
    }
    Merge rule = field.map(Field::merge).orElse(new Merge(false, "", false));
    if (value instanceof ArrayNode list && rule.merges()) {
      ArrayNode before = target.path(name) instanceof ArrayNode known ? known : Trees.array();
      ArrayNode merged =
          rule.key().isEmpty()
              ? ListChanges.union(before, list)
              : mergeObjects(
                  before,
                  list,
                  rule.key(),
                  field.flatMap(f -> messageOf(ApiTypes.type(f.type().element()))));
      target.set(name, ListChanges.placed(merged, before, list, rule.key()));
    } else {
      target.set(
          name, value instanceof ArrayNode list ? withoutDirectives(list) : value.deepCopy());
    }
  }

  private static Optional<String> messageOf(FieldType type) {
    if (type.shape() == Shape.MESSAGE) {
      return Optional.of(type.element());
    }
    return Optional.empty();
  }

  private static ArrayNode withoutDirectives(ArrayNode list) {
    ArrayNode copy = list.deepCopy();
    copy.removeIf(element -> element.has(PATCH));
    return copy;
  }

  private ArrayNode mergeObjects(
      ArrayNode before, ArrayNode changes, String key, Optional<String> typeName) {
    for (JsonNode change : changes) {
      if (change instanceof ObjectNode object
          && object.size() == 1
          && Trees.textOrEmpty(object, PATCH).equals("replace")) {
        return withoutDirectives(changes);
      }
    }
    List<JsonNode> merged = new ArrayList<>();
    Map<JsonNode, Deque<Integer>> places = new HashMap<>();
    for (JsonNode element : before.deepCopy()) {
      places.computeIfAbsent(element.path(key), id -> new ArrayDeque<>()).add(merged.size());
      merged.add(element);
    }
    Set<Integer> gone = new HashSet<>();
    for (JsonNode change : changes) {
      if (!(change instanceof ObjectNode object)) {
        throw PatchRefused.malformed(
            "expected an object in a list merged by " + key + ", got " + change);
      }
      String directive = Trees.textOrEmpty(object, PATCH);
      if (!object.hasNonNull(key)) {
        throw PatchRefused.malformed(
            "map: " + object + " does not contain declared merge key: " + key);
      }
      Deque<Integer> at = places.computeIfAbsent(object.path(key), id -> new ArrayDeque<>());
      switch (directive) {
        case "delete" -> {
          gone.addAll(at);
          at.clear();
        }
        case "replace" -> {
          ObjectNode whole = object.deepCopy();
          whole.remove(PATCH);
          putAt(merged, at, whole);
        }
        default -> {
          ObjectNode known = at.isEmpty() ? Trees.object() : (ObjectNode) merged.get(at.getFirst());
          putAt(merged, at, merge(known, object, typeName));
        }
      }
    }
    ArrayNode left = Trees.array();
    for (int i = 0; i < merged.size(); i++) {
      if (!gone.contains(i)) {
        left.add(merged.get(i));
      }
    }
    return left;
  }

  /** In the first of the places, or as the last element. */
  private static void putAt(List<JsonNode> list, Deque<Integer> places, JsonNode value) {
    if (places.isEmpty()) {
      places.add(list.size());
      list.add(value);
    } else {
      list.set(places.getFirst(), value);
    }
  }

  private static void deleteFrom(ObjectNode target, String list, JsonNode values) {
    if (target.path(list) instanceof ArrayNode present && values.isArray()) {
      ListChanges.remove(present, values);
    }
  }

  private void order(ObjectNode target, String list, JsonNode order, Optional<String> typeName) {
    String key =
        typeName
            .map(t -> types.message(t).byJsonName().get(list))
            .map(f -> f.merge().key())
            .orElse("");
    if (target.path(list) instanceof ArrayNode values && order instanceof ArrayNode wanted) {
      target.set(list, ListChanges.ordered(values, wanted, key));
    }
  }
}
