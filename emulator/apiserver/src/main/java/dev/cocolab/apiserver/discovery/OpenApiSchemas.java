package dev.cocolab.apiserver.discovery;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.MessageType;
import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Ownership;
import dev.cocolab.apiserver.schema.MessageType.Presence;
import dev.cocolab.apiserver.schema.MessageType.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas of the kinds: of built-in ones from the table of API types, of custom ones from their
 * definitions.
 */
public final class OpenApiSchemas {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

  /** Of managed fields; the one field whose free form has a name. */
  private static final String FIELDS = "fieldsV1";

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
    ObjectNode properties = Trees.object();
    ArrayNode required = Trees.array();
    MessageType message = types.message(structure);
    for (Field field : new TreeMap<>(message.byJsonName()).values()) {
      properties.set(field.jsonName(), property(field, components));
      if (field.required()) {
        required.add(field.jsonName());
      }
    }
    if (!properties.isEmpty()) {
      schema.set("properties", properties);
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    if (message.atomic()) {
      schema.put("x-kubernetes-map-type", "atomic");
    }
    return schema;
  }

  private ObjectNode property(Field field, ObjectNode components) {
    ObjectNode property =
        field.jsonName().equals(FIELDS)
            ? named(components, META + "FieldsV1", Trees.object().put("type", "object"))
            : schema(field.type(), components);
    if (field.presence() == Presence.ZERO) {
      property = withDefault(property, field.type());
    }
    if (!field.ownership().defaultValue().isEmpty()) {
      property.put("default", field.ownership().defaultValue());
    }
    choices(property, field);
    if (field.merge().merges() || field.merge().retainKeys()) {
      List<String> strategies = new ArrayList<>();
      if (field.merge().merges()) {
        strategies.add("merge");
      }
      if (field.merge().retainKeys()) {
        strategies.add("retainKeys");
      }
      property.put("x-kubernetes-patch-strategy", String.join(",", strategies));
      if (!field.merge().key().isEmpty()) {
        property.put("x-kubernetes-patch-merge-key", field.merge().key());
      }
    }
    Ownership ownership = field.ownership();
    if (!ownership.keys().isEmpty()) {
      property.set("x-kubernetes-list-map-keys", Trees.strings(ownership.keys()));
    }
    if (field.type().shape() == Shape.LIST) {
      String elements = ownership.set() ? "set" : "atomic";
      property.put("x-kubernetes-list-type", ownership.keys().isEmpty() ? elements : "map");
    } else if (ownership.atomic()) {
      property.put("x-kubernetes-map-type", "atomic");
    }
    return property;
  }

  private static void choices(ObjectNode property, Field field) {
    if (field.choices().isEmpty()) {
      return;
    }
    ObjectNode carrier = property.path("items") instanceof ObjectNode items ? items : property;
    carrier.set("enum", Trees.strings(field.choices()));
  }

  /** The zero value, which the structure writes when nothing was set. */
  private static ObjectNode withDefault(ObjectNode property, FieldType type) {
    switch (type.shape()) {
      case STRING, DURATION -> property.put("default", "");
      case INT32, INT64, DOUBLE -> property.put("default", 0);
      case BOOL -> property.put("default", false);
      case MESSAGE -> property.putObject("default");
      default -> {
        // has none
      }
    }
    return property;
  }

  private ObjectNode reference(String structure, ObjectNode components) {
    message(structure, components);
    return referenceTo(name(structure));
  }

  private static ObjectNode referenceTo(String component) {
    ObjectNode reference = Trees.object();
    reference.putArray("allOf").addObject().put("$ref", "#/components/schemas/" + component);
    return reference;
  }

  /** A type that is not a structure but has a name and a form of its own. */
  private static ObjectNode named(ObjectNode components, String name, ObjectNode schema) {
    components.set(name, schema);
    return referenceTo(name);
  }

  private static ObjectNode text(String format) {
    ObjectNode schema = Trees.object().put("type", "string");
    return format.isEmpty() ? schema : schema.put("format", format);
  }

  private static ObjectNode number(String type, String format) {
    return Trees.object().put("type", type).put("format", format);
  }

  private static ObjectNode either(String one, String other) {
    ObjectNode schema = Trees.object();
    ArrayNode choices = schema.putArray("oneOf");
    choices.addObject().put("type", one);
    choices.addObject().put("type", other);
    return schema;
  }

  private ObjectNode schema(FieldType type, ObjectNode components) {
    return switch (type.shape()) {
      case STRING -> text("");
      case BYTES -> text("byte");
      case TIME -> named(components, META + "Time", text("date-time"));
      case MICROTIME -> named(components, META + "MicroTime", text("date-time"));
      case DURATION -> named(components, META + "Duration", text(""));
      case BOOL -> Trees.object().put("type", "boolean");
      case INT32 -> number("integer", "int32");
      case INT64 -> number("integer", "int64");
      case DOUBLE -> number("number", "double");
      case QUANTITY ->
          named(
              components,
              "io.k8s.apimachinery.pkg.api.resource.Quantity",
              either("string", "number"));
      case INT_OR_STRING ->
          named(
              components,
              "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
              either("integer", "string").put("format", "int-or-string"));
      case RAW -> Trees.object().put("type", "object");
      case ANY -> Trees.object().put("x-kubernetes-preserve-unknown-fields", true);
      case LIST -> {
        ObjectNode list = Trees.object().put("type", "array");
        list.set("items", element(type, components));
        yield list;
      }
      case MAP -> {
        ObjectNode map = Trees.object().put("type", "object");
        map.set("additionalProperties", element(type, components));
        yield map;
      }
      case MESSAGE -> reference(type.element(), components);
    };
  }

  private ObjectNode element(FieldType container, ObjectNode components) {
    FieldType element = ApiTypes.type(container.element());
    return withDefault(schema(element, components), element);
  }
}
