package dev.cocolab.apiserver.schema;

import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Presence;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The form that a built-in object has after a round through its structures: what those always write
 * is there, as zero or null. Owners of fields are found by comparing objects in this form.
 */
public final class ZeroForm {
  private final ApiTypes types;

  public ZeroForm(ApiTypes types) {
    this.types = types;
  }

  /** Completes the tree in place and returns it. */
  public ObjectNode complete(ObjectNode object, String structure) {
    for (Field field : types.message(structure).byJsonName().values()) {
      String name = field.jsonName();
      if (!object.hasNonNull(name) && field.presence() == Presence.NULL) {
        object.putNull(name);
      } else if (!object.hasNonNull(name) && field.presence() == Presence.ZERO) {
        zero(object, name, field.type());
      }
      inside(object.path(name), field.type());
    }
    return object;
  }

  private void inside(JsonNode value, FieldType type) {
    switch (type.shape()) {
      case MESSAGE -> {
        if (value instanceof ObjectNode object) {
          complete(object, type.element());
        }
      }
      case LIST, MAP -> {
        FieldType element = ApiTypes.type(type.element());
        value.forEach(inner -> inside(inner, element));
      }
      default -> {
        // has no fields
      }
    }
  }

  private static void zero(ObjectNode object, String name, FieldType type) {
    switch (type.shape()) {
      case MESSAGE -> object.putObject(name);
      case BOOL -> object.put(name, false);
      case INT32, INT64, DOUBLE, INT_OR_STRING -> object.put(name, 0);
      case QUANTITY -> object.put(name, "0");
      case STRING, DURATION, BYTES -> object.put(name, "");
      case TIME, MICROTIME, RAW, ANY, LIST, MAP -> object.putNull(name);
    }
  }
}
