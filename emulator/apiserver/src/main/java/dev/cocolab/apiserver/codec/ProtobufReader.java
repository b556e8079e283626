package dev.cocolab.apiserver.codec;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.MessageType;
import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Shape;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns a protobuf message of the Kubernetes API into the tree its JSON would give. Fields that the
 * table does not know are skipped, as protobuf demands. Throws {@link ProtobufInput.Malformed} for
 * bytes that are no message.
 */
final class ProtobufReader {
  private static final int MAX_DEPTH = 100;

  private final ApiTypes types;

  ProtobufReader(ApiTypes types) {
    this.types = types;
  }

  ObjectNode read(byte[] bytes, String typeName) {
    ObjectNode object = Trees.object();
    message(new ProtobufInput(bytes), types.message(typeName), object, 0);
    return object;
  }

  private void message(ProtobufInput in, MessageType type, ObjectNode into, int depth) {
    if (depth > MAX_DEPTH) {
      throw new ProtobufInput.Malformed("nested too deeply");
    }
    while (!in.atEnd()) {
      int tag = in.tag();
      int number = tag >>> 3;
      int wire = tag & 7;
      Field field = type.byNumber().get(number);
      if (field == null) {
        in.skip(wire);
      } else if (field.jsonName().isEmpty()) {
        message(in.nested(wire), types.message(field.type().element()), into, depth + 1);
      } else {
        put(in, wire, field, into, depth);
      }
    }
  }

  private void put(ProtobufInput in, int wire, Field field, ObjectNode into, int depth) {
    FieldType type = field.type();
    switch (type.shape()) {
      case LIST -> {
        ArrayNode array =
            into.path(field.jsonName()) instanceof ArrayNode known
                ? known
                : into.putArray(field.jsonName());
        FieldType element = ApiTypes.type(type.element());
        if (wire == ProtobufInput.LENGTH && isNumber(element.shape())) {
          ProtobufInput packed = in.nested(wire);
          while (!packed.atEnd()) {
            array.add(value(packed, packedWire(element.shape()), element, depth));
          }
        } else {
          array.add(value(in, wire, element, depth));
        }
      }
      case MAP ->
          entry(
              in.nested(wire),
              ApiTypes.type(type.element()),
              Trees.child(into, field.jsonName()),
              depth);
      case MESSAGE -> {
        // a message that comes in several parts is merged
        ObjectNode object = Trees.child(into, field.jsonName());
        message(in.nested(wire), types.message(type.element()), object, depth + 1);
      }
      default -> {
        JsonNode value = value(in, wire, type, depth);
        if (!value.isMissingNode() && (field.pointer() || !isZero(value))) {
          into.set(field.jsonName(), value);
        }
      }
    }
  }

  private void entry(ProtobufInput in, FieldType element, ObjectNode into, int depth) {
    String key = "";
    JsonNode value = zero(element.shape());
    while (!in.atEnd()) {
      int tag = in.tag();
      switch (tag >>> 3) {
        case 1 -> key = in.string(tag & 7);
        case 2 -> value = value(in, tag & 7, element, depth);
        default -> in.skip(tag & 7);
      }
    }
    into.set(key, value);
  }

  private static JsonNode zero(Shape shape) {
    return switch (shape) {
      case LIST -> Trees.array();
      case MAP, MESSAGE -> Trees.object();
      case STRING, BYTES, QUANTITY -> Trees.object().stringNode("");
      default -> Trees.object().nullNode();
    };
  }

  private JsonNode value(ProtobufInput in, int wire, FieldType type, int depth) {
    ObjectNode nodes = Trees.object();
    return switch (type.shape()) {
      case STRING -> nodes.stringNode(in.string(wire));
      case BYTES -> nodes.stringNode(Base64.getEncoder().encodeToString(in.bytes(wire)));
      case BOOL -> nodes.booleanNode(in.varint(wire) != 0);
      case INT32 -> nodes.numberNode((int) in.varint(wire));
      case INT64 -> Trees.integer(in.varint(wire));
      case DOUBLE -> nodes.numberNode(in.fixed64(wire));
      case TIME, MICROTIME ->
          WellKnownMessages.time(in.nested(wire), type.shape() == Shape.MICROTIME);
      case DURATION -> WellKnownMessages.duration(in.nested(wire));
      case QUANTITY -> nodes.stringNode(WellKnownMessages.firstString(in.nested(wire)));
      case INT_OR_STRING -> WellKnownMessages.intOrString(in.nested(wire));
      case RAW -> raw(in.nested(wire));
      case ANY -> throw new ProtobufInput.Malformed("a schema cannot be sent as protobuf");
      case MESSAGE -> {
        ObjectNode object = Trees.object();
        message(in.nested(wire), types.message(type.element()), object, depth + 1);
        yield object;
      }
      case LIST -> {
        // map values that are lists are wrapped in a message whose field 1 repeats
        ArrayNode array = Trees.array();
        ProtobufInput nested = in.nested(wire);
        while (!nested.atEnd()) {
          int tag = nested.tag();
          array.add(value(nested, tag & 7, ApiTypes.type(type.element()), depth + 1));
        }
        yield array;
      }
      case MAP -> throw new ProtobufInput.Malformed("a map of maps");
    };
  }

  /** Protobuf sends fields that JSON leaves out. */
  private static boolean isZero(JsonNode value) {
    return (value.isString() && value.stringValue().isEmpty())
        || (value.isNumber() && value.doubleValue() == 0)
        || (value.isBoolean() && !value.booleanValue());
  }

  private static JsonNode raw(ProtobufInput in) {
    byte[] json = new byte[0];
    while (!in.atEnd()) {
      int tag = in.tag();
      if (tag >>> 3 == 1) {
        json = in.bytes(tag & 7);
      } else {
        in.skip(tag & 7);
      }
    }
    return json.length == 0 ? Trees.object().nullNode() : TreeReader.json(json).root();
  }

  private static boolean isNumber(Shape shape) {
    return shape == Shape.INT32
        || shape == Shape.INT64
        || shape == Shape.BOOL
        || shape == Shape.DOUBLE;
  }

  private static int packedWire(Shape shape) {
    return shape == Shape.DOUBLE ? ProtobufInput.FIXED64 : ProtobufInput.VARINT;
  }
}
