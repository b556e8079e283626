package dev.cocolab.apiserver.patch;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Merge;
import dev.cocolab.apiserver.schema.MessageType.Shape;
import java.util.HashSet;
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
              ? mergeValues(before, list)
              : mergeObjects(
                  before,
                  list,
                  rule.key(),
                  field.flatMap(f -> messageOf(ApiTypes.type(f.type().element()))));
      target.set(name, merged);
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

  private static ArrayNode mergeValues(ArrayNode before, ArrayNode additions) {
    ArrayNode merged = before.deepCopy();
    for (JsonNode value : additions) {
      if (indexOf(merged, value) < 0) {
        merged.add(value);
      }
    }
    return merged;
  }

  private ArrayNode mergeObjects(
      ArrayNode before, ArrayNode changes, String key, Optional<String> typeName) {
    ArrayNode merged = before.deepCopy();
    for (JsonNode change : changes) {
      if (change instanceof ObjectNode object
          && object.size() == 1
          && Trees.textOrEmpty(object, PATCH).equals("replace")) {
        return withoutDirectives(changes);
      }
    }
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
      int index = indexByKey(merged, key, object.path(key));
      switch (directive) {
        case "delete" -> {
          while (index >= 0) {
            merged.remove(index);
            index = indexByKey(merged, key, object.path(key));
          }
        }
        case "replace" -> {
          ObjectNode whole = object.deepCopy();
          whole.remove(PATCH);
          putAt(merged, index, whole);
        }
        default -> {
          ObjectNode known = index >= 0 ? (ObjectNode) merged.get(index) : Trees.object();
          putAt(merged, index, merge(known, object, typeName));
        }
      }
    }
    return merged;
  }

  private static void putAt(ArrayNode array, int index, JsonNode value) {
    if (index >= 0) {
      array.set(index, value);
    } else {
      array.add(value);
    }
  }

  private static void deleteFrom(ObjectNode target, String list, JsonNode values) {
    if (target.path(list) instanceof ArrayNode present && values.isArray()) {
      values.forEach(gone -> present.removeIf(gone::equals));
    }
  }

  private void order(ObjectNode target, String list, JsonNode order, Optional<String> typeName) {
    String key =
        typeName
            .map(t -> types.message(t).byJsonName().get(list))
            .map(f -> f.merge().key())
            .orElse("");
    if (target.path(list) instanceof ArrayNode values && order instanceof ArrayNode wanted) {
      target.set(list, ordered(values, wanted, key));
    }
  }

  /**
   * Elements named in the order come in that order; the others keep their place after the element
   * they followed.
   */
  private static ArrayNode ordered(ArrayNode values, ArrayNode order, String key) {
    ArrayNode result = Trees.array();
    Set<Integer> taken = new HashSet<>();
    for (JsonNode wanted : order) {
      for (int i = 0; i < values.size(); i++) {
        if (!taken.contains(i) && same(values.get(i), wanted, key)) {
          result.add(values.get(i));
          taken.add(i);
        }
      }
    }
    for (int i = 0; i < values.size(); i++) {
      if (!taken.contains(i)) {
        int after = i == 0 ? -1 : indexOf(result, values.get(i - 1));
        result.insert(after + 1, values.get(i));
      }
    }
    return result;
  }

  private static boolean same(JsonNode value, JsonNode wanted, String key) {
    return key.isEmpty() ? value.equals(wanted) : value.path(key).equals(wanted.path(key));
  }

  private static int indexOf(ArrayNode array, JsonNode value) {
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i).equals(value)) {
        return i;
      }
    }
    return -1;
  }

  private static int indexByKey(ArrayNode array, String key, JsonNode value) {
    for (int i = 0; i < array.size(); i++) {
      if (array.get(i).path(key).equals(value)) {
        return i;
      }
    }
    return -1;
  }
}
