package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.CustomSchema;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a structural schema of a custom kind must say (apiextensions.k8s.io/v1). */
final class SchemaRules {
  private static final List<String> TYPES =
      List.of("array", "boolean", "integer", "number", "object", "string");

  private final List<Cause> causes;

  private SchemaRules(List<Cause> causes) {
    this.causes = causes;
  }

  static void check(JsonNode schema, String path, List<Cause> causes) {
    String type = Trees.textOrEmpty(schema, "type");
    if (type.isEmpty()) {
      causes.add(Cause.required(path + ".type", "must not be empty at the root"));
    } else if (!type.equals("object")) {
      causes.add(Cause.invalid(path + ".type", type, "must be object at the root"));
      return;
    }
    new SchemaRules(causes).children(schema, path);
  }

  private void children(JsonNode schema, String path) {
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      node(
          property.getValue(),
          path + ".properties[" + property.getKey() + "]",
          "must not be empty for specified object fields");
    }
    JsonNode additional = schema.path("additionalProperties");
    if (additional.isObject()) {
      node(
          additional,
          path + ".additionalProperties",
          "must not be empty for specified object fields");
    }
    if (schema.path("items").isObject()) {
      node(schema.path("items"), path + ".items", "must not be empty for specified array items");
    }
  }

  private void node(JsonNode schema, String path, String untyped) {
    String type = Trees.textOrEmpty(schema, "type");
    boolean free =
        schema.path("x-kubernetes-preserve-unknown-fields").booleanValue(false)
            || schema.path("x-kubernetes-int-or-string").booleanValue(false);
    if (type.isEmpty() && !free) {
      causes.add(Cause.required(path + ".type", untyped));
    } else if (!type.isEmpty() && !TYPES.contains(type)) {
      causes.add(Cause.notSupported(path + ".type", type, TYPES));
    } else if (type.equals("array") && !schema.path("items").isObject()) {
      causes.add(Cause.required(path + ".items", "must be specified"));
    }
    children(schema, path);
    JsonNode preset = schema.path("default");
    if (!preset.isMissingNode() && !preset.isNull()) {
      for (Cause cause : CustomSchema.findings(preset, schema)) {
        causes.add(new Cause(cause.type(), cause.message(), path + ".default" + cause.field()));
      }
    }
  }
}
