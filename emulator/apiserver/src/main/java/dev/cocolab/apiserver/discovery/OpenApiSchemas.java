package dev.cocolab.apiserver.discovery;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.MessageType;
import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas of the kinds: of built-in ones from the table of API types, of custom ones from their
 * definitions.
 */
public final class OpenApiSchemas {
  private final ApiTypes types;

  public OpenApiSchemas(ApiTypes types) {
    this.types = types;
  }

  /** Name of the schema of a kind. */
  static String name(ResourceType type) {
    return type.structure().map(OpenApiSchemas::name).orElseGet(() -> customName(type));
  }

  /** Reversed group, version and kind, as for built-in kinds. */
  private static String customName(ResourceType type) {
    List<String> parts = Arrays.asList(type.group().split("\\.", -1));
    Collections.reverse(parts);
    return String.join(".", parts) + "." + type.version() + "." + type.kind();
  }

  /** {@code core/v1.Pod} is {@code io.k8s.api.core.v1.Pod}. */
  private static String name(String structure) {
    String dotted = structure.replace('/', '.');
    if (structure.startsWith("meta/")) {
      return "io.k8s.apimachinery.pkg.apis." + dotted;
    }
    return structure.startsWith("apiextensions/")
        ? "io.k8s.apiextensions-apiserver.pkg.apis." + dotted
        : "io.k8s.api." + dotted;
  }

  /** Adds the schema of the kind and all that it refers to. */
  void add(ResourceType type, ObjectNode components) {
    ObjectNode schema;
    if (type.structure().isPresent()) {
      schema = message(type.structure().get(), components);
    } else {
      schema = type.custom().orElseThrow().schema().deepCopy();
      components.set(customName(type), schema);
      Trees.child(schema, "properties")
          .set("metadata", reference("meta/v1.ObjectMeta", components));
    }
    ObjectNode properties = Trees.child(schema, "properties");
    properties.putObject("apiVersion").put("type", "string");
    properties.putObject("kind").put("type", "string");
    schema
        .putArray("x-kubernetes-group-version-kind")
        .addObject()
        .put("group", type.group())
        .put("kind", type.kind())
        .put("version", type.version());
  }

  private ObjectNode message(String structure, ObjectNode components) {
    if (components.path(name(structure)) instanceof ObjectNode known) {
      return known;
    }
    ObjectNode schema = components.putObject(name(structure)).put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    MessageType message = types.message(structure);
    for (Field field : message.byJsonName().values()) {
      ObjectNode property = schema(field.type(), components);
      if (field.merge().merges()) {
        property.put("x-kubernetes-patch-strategy", "merge");
        if (!field.merge().key().isEmpty()) {
          property.put("x-kubernetes-patch-merge-key", field.merge().key());
        }
      }
      properties.set(field.jsonName(), property);
    }
    return schema;
  }

  private ObjectNode reference(String structure, ObjectNode components) {
    message(structure, components);
    ObjectNode reference = Trees.object();
    reference.putArray("allOf").addObject().put("$ref", "#/components/schemas/" + name(structure));
    return reference;
  }

  private ObjectNode schema(FieldType type, ObjectNode components) {
    ObjectNode schema = Trees.object();
    switch (type.shape()) {
      case STRING, DURATION, QUANTITY -> schema.put("type", "string");
      case BYTES -> schema.put("type", "string").put("format", "byte");
      case TIME, MICROTIME -> schema.put("type", "string").put("format", "date-time");
      case BOOL -> schema.put("type", "boolean");
      case INT32 -> schema.put("type", "integer").put("format", "int32");
      case INT64 -> schema.put("type", "integer").put("format", "int64");
      case DOUBLE -> schema.put("type", "number").put("format", "double");
      case INT_OR_STRING -> schema.put("type", "string").put("format", "int-or-string");
      case RAW -> schema.put("type", "object");
      case ANY -> schema.put("x-kubernetes-preserve-unknown-fields", true);
      case LIST ->
          schema
              .put("type", "array")
              .set("items", schema(ApiTypes.type(type.element()), components));
      case MAP ->
          schema
              .put("type", "object")
              .set("additionalProperties", schema(ApiTypes.type(type.element()), components));
      case MESSAGE -> {
        return reference(type.element(), components);
      }
    }
    return schema;
  }
}
