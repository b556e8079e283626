package dev.cocolab.apiserver.schema;

import dev.cocolab.apiserver.schema.MessageType.Field;
import dev.cocolab.apiserver.schema.MessageType.FieldType;
import dev.cocolab.apiserver.schema.MessageType.Shape;
import dev.cocolab.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings a tree into the form a built-in kind has: unknown fields are reported and dropped, nulls
 * dropped, values of a wrong type refused with the message of Go's decoder (400 BadRequest).
 */
public final class TypedFields {
  private final ApiTypes types;

  public TypedFields(ApiTypes types) {
    this.types = types;
  }

  /**
   * Changes the tree in place.
   *
   * @param object root of the object
   * @param typeName its structure, for example {@code core/v1.Pod}
   * @return one sentence for each unknown field, as strict decoding words it: {@code unknown field
   *     "spec.containerz"}
   */
  public List<String> conform(ObjectNode object, String typeName) {
    List<String> unknown = new ArrayList<>();
    MessageType root = types.message(typeName);
    new Walk(root.goName(), object, unknown).message(object, root, "", true);
    return unknown;
  }

  private final class Walk {
    private final String kind;
    private final String version;
    private final List<String> unknown;

    Walk(String kind, ObjectNode object, List<String> unknown) {
      this.kind = kind;
      String apiVersion = object.path("apiVersion").stringValue("");
      this.version = apiVersion.substring(apiVersion.indexOf('/') + 1);
      this.unknown = unknown;
    }

    void message(ObjectNode node, MessageType type, String path, boolean root) {
      Iterator<Map.Entry<String, JsonNode>> entries = node.properties().iterator();
      while (entries.hasNext()) {
        Map.Entry<String, JsonNode> entry = entries.next();
        String name = entry.getKey();
        if (root && (name.equals("kind") || name.equals("apiVersion"))) {
          continue;
        }
        String here = path.isEmpty() ? name : path + "." + name;
        Field field = type.byJsonName().get(name);
        if (field == null) {
          unknown.add("unknown field \"" + here + "\"");
          entries.remove();
        } else if (entry.getValue().isNull()) {
          entries.remove();
        } else {
          value(entry.getValue(), field.type(), here, type.goName());
          if (field.type().shape() == Shape.QUANTITY) {
            entry.setValue(node.stringNode(quantity(entry.getValue().asString())));
          }
        }
      }
    }

    private void value(JsonNode value, FieldType type, String path, String struct) {
      switch (type.shape()) {
        case MESSAGE -> {
          require(value.isObject(), value, path, struct, type);
          message((ObjectNode) value, types.message(type.element()), path, false);
        }
        case LIST -> {
          require(value.isArray(), value, path, struct, type);
          list((ArrayNode) value, ApiTypes.type(type.element()), path, struct);
        }
        case MAP -> {
          require(value.isObject(), value, path, struct, type);
          map((ObjectNode) value, ApiTypes.type(type.element()), path, struct);
        }
        case STRING, TIME, MICROTIME, DURATION ->
            require(value.isString(), value, path, struct, type);
        case BYTES -> {
          require(value.isString(), value, path, struct, type);
          requireBase64(value.stringValue());
        }
        case BOOL -> require(value.isBoolean(), value, path, struct, type);
        case INT32 ->
            require(value.isIntegralNumber() && value.canConvertToInt(), value, path, struct, type);
        case INT64 ->
            require(
                value.isIntegralNumber() && value.canConvertToLong(), value, path, struct, type);
        case DOUBLE -> require(value.isNumber(), value, path, struct, type);
        case QUANTITY -> {
          require(value.isString() || value.isNumber(), value, path, struct, type);
          quantity(value.asString());
        }
        case INT_OR_STRING ->
            require(value.isString() || value.isNumber(), value, path, struct, type);
        case RAW, ANY -> {
          // any shape is right
        }
      }
    }

    private void list(ArrayNode array, FieldType element, String path, String struct) {
      for (int i = 0; i < array.size(); i++) {
        JsonNode value = array.get(i);
        if (value.isNull()) {
          require(element.shape() == Shape.MESSAGE, value, path, struct, element);
          array.set(i, array.objectNode());
        } else {
          value(value, element, path + "[" + i + "]", struct);
        }
      }
    }

    private void map(ObjectNode object, FieldType element, String path, String struct) {
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        JsonNode value = entry.getValue();
        if (value.isNull()) {
          entry.setValue(
              element.shape() == Shape.MESSAGE ? object.objectNode() : object.stringNode(""));
        } else {
          if (element.shape() == Shape.QUANTITY && (value.isString() || value.isNumber())) {
            entry.setValue(object.stringNode(quantity(value.asString())));
            continue;
          }
          // the decoder of Go names the field that holds the map, not the key
          boolean named = element.shape() == Shape.MESSAGE;
          value(value, element, named ? path + "." + entry.getKey() : path, struct);
        }
      }
    }

    private void require(
        boolean holds, JsonNode value, String path, String struct, FieldType type) {
      if (!holds) {
        throw ApiException.badRequest(
            kind
                + " in version \""
                + version
                + "\" cannot be handled as a "
                + kind
                + ": json: cannot unmarshal "
                + jsonType(value)
                + " into Go struct field "
                + struct
                + "."
                + path.replaceAll("\\[\\d+]", "")
                + " of type "
                + goType(type));
      }
    }

    /** In its shortest form. */
    private String quantity(String text) {
      return Quantity.parse(text)
          .orElseThrow(
              () ->
                  ApiException.badRequest(
                      kind
                          + " in version \""
                          + version
                          + "\" cannot be handled as a "
                          + kind
                          + ": quantities must match the regular expression"
                          + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"))
          .toString();
    }

    private void requireBase64(String text) {
      String bare = text.replace("\n", "").replace("\r", "");
      int end = bare.length();
      for (int i = 0; i < bare.length(); i++) {
        char c = bare.charAt(i);
        boolean digit = (c < 128 && Character.isLetterOrDigit(c)) || c == '+' || c == '/';
        boolean padding = c == '=' && i >= end - 2 && i > 0;
        if (!digit && !padding) {
          throw illegalBase64(i);
        }
      }
      if (bare.length() % 4 != 0) {
        throw illegalBase64(bare.length() / 4 * 4);
      }
    }

    private ApiException illegalBase64(int offset) {
      return ApiException.badRequest(
          kind
              + " in version \""
              + version
              + "\" cannot be handled as a "
              + kind
              + ": illegal base64 data at input byte "
              + offset);
    }
  }

  private static String jsonType(JsonNode value) {
    if (value.isArray()) {
      return "array";
    }
    if (value.isNumber()) {
      return value.isIntegralNumber() ? "number" : "number " + value;
    }
    return value.isBoolean()
        ? "bool"
        : value.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static String goType(FieldType type) {
    return switch (type.shape()) {
      case LIST -> "[]" + goType(ApiTypes.type(type.element()));
      case MAP -> "map[string]" + goType(ApiTypes.type(type.element()));
      case MESSAGE -> "v1." + type.element().substring(type.element().lastIndexOf('.') + 1);
      case BYTES -> "[]uint8";
      case TIME -> "v1.Time";
      case MICROTIME -> "v1.MicroTime";
      case DURATION -> "v1.Duration";
      case QUANTITY -> "resource.Quantity";
      case INT_OR_STRING -> "intstr.IntOrString";
      case DOUBLE -> "float64";
      case RAW, ANY -> "interface {}";
      case STRING, BOOL, INT32, INT64 -> type.shape().name().toLowerCase(java.util.Locale.ROOT);
    };
  }
}
