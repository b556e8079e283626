package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.ownership.FieldSet;
import dev.cocolab.apiserver.ownership.OwnershipRules;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The annotation in which client-side {@code kubectl apply} keeps what it said last. With {@code
 * kubectl apply --server-side} its fields change hands, and the annotation is kept up to date.
 */
final class LastApplied {
  private static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
  private static final String KUBECTL = "kubectl";
  private static final int MOST_BYTES = 256 * 1024;

  private LastApplied() {}

  /** Only kubectl under its own name takes over from itself. */
  static boolean concerns(String fieldManager) {
    return fieldManager.equals(KUBECTL);
  }

  /** The fields of the annotation that are still as it says. */
  static FieldSet agreed(OwnershipRules rules, String apiVersion, ObjectNode live) {
    String text = Trees.textOrEmpty(live, "metadata", "annotations", ANNOTATION);
    try {
      JsonNode said = text.isEmpty() ? Trees.object() : Trees.MAPPER.readTree(text);
      boolean usable =
          Trees.textOrEmpty(said, "apiVersion").equals(apiVersion) && rules.check(said).isEmpty();
      return usable ? rules.agreed(said, live) : FieldSet.EMPTY;
    } catch (JacksonException e) {
      return FieldSet.EMPTY;
    }
  }

  /** Sets the annotation, where there is one, to what is applied now. */
  static void follow(ObjectNode object, ObjectNode applied) {
    if (Trees.text(object, "metadata", "annotations", ANNOTATION).isEmpty()) {
      return;
    }
    ObjectNode said = applied.deepCopy();
    if (said.path("metadata").path("annotations") instanceof ObjectNode annotations) {
      annotations.remove(ANNOTATION);
      if (annotations.isEmpty()) {
        Trees.child(said, "metadata").remove("annotations");
      }
    }
    String text = sorted(said) + "\n";
    if (text.length() < MOST_BYTES) {
      Trees.child(Trees.child(object, "metadata"), "annotations").put(ANNOTATION, text);
    }
  }

  private static JsonNode sorted(JsonNode value) {
    if (value instanceof ObjectNode object) {
      TreeMap<String, JsonNode> fields = new TreeMap<>();
      object.properties().forEach(entry -> fields.put(entry.getKey(), sorted(entry.getValue())));
      ObjectNode result = Trees.object();
      fields.forEach(result::set);
      return result;
    }
    if (value instanceof ArrayNode array) {
      ArrayNode result = Trees.array();
      array.forEach(element -> result.add(sorted(element)));
      return result;
    }
    return value;
  }
}
