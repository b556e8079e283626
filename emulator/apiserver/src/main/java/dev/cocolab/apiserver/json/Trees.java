package dev.cocolab.apiserver.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reading and building JSON trees without surprises: what is absent or of another type reads as
 * empty.
 */
public final class Trees {
  /** Writes compact JSON, as the wire wants it. */
  public static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Trees() {}

  public static ObjectNode object() {
    return NODES.objectNode();
  }

  public static ArrayNode array() {
    return NODES.arrayNode();
  }

  /** An array of strings. */
  public static ArrayNode strings(Iterable<String> values) {
    ArrayNode array = array();
    values.forEach(array::add);
    return array;
  }

  /** The node at the end of the path; a missing node where the path breaks off. */
  public static JsonNode at(JsonNode node, String... path) {
    JsonNode here = node;
    for (String step : path) {
      here = here.path(step);
    }
    return here;
  }

  /** The string at the path, empty if there is none or it is "". */
  public static Optional<String> text(JsonNode node, String... path) {
    return at(node, path).stringValueOpt().filter(value -> !value.isEmpty());
  }

  /** The string at the path, "" if there is none. */
  public static String textOrEmpty(JsonNode node, String... path) {
    return at(node, path).stringValue("");
  }

  public static OptionalLong number(JsonNode node, String... path) {
    JsonNode value = at(node, path);
    return value.isIntegralNumber() && value.canConvertToLong()
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }

  /** The elements of the array at the path that are objects. */
  public static List<ObjectNode> objects(JsonNode node, String... path) {
    List<ObjectNode> found = new ArrayList<>();
    for (JsonNode element : at(node, path)) {
      if (element instanceof ObjectNode object) {
        found.add(object);
      }
    }
    return found;
  }

  /** The strings of the array at the path. */
  public static List<String> texts(JsonNode node, String... path) {
    List<String> found = new ArrayList<>();
    JsonNode array = at(node, path);
    if (array.isArray()) {
      for (JsonNode element : array) {
        element.stringValueOpt().ifPresent(found::add);
      }
    }
    return found;
  }

  /**
   * The object under the name, made (in place of anything that is no object) when it is not there.
   */
  public static ObjectNode child(ObjectNode parent, String name) {
    if (parent.path(name) instanceof ObjectNode object) {
      return object;
    }
    return parent.putObject(name);
  }

  /** Sets the field only where it is absent or null. */
  public static void setDefault(ObjectNode parent, String name, JsonNode value) {
    if (!parent.hasNonNull(name)) {
      parent.set(name, value);
    }
  }

  public static void setDefault(ObjectNode parent, String name, String value) {
    if (!parent.hasNonNull(name)) {
      parent.put(name, value);
    }
  }

  /** A whole number in the form that the parser gives it, so that equal numbers are equal nodes. */
  public static JsonNode integer(long value) {
    return (int) value == value ? NODES.numberNode((int) value) : NODES.numberNode(value);
  }

  public static void setDefault(ObjectNode parent, String name, long value) {
    if (!parent.hasNonNull(name)) {
      parent.set(name, integer(value));
    }
  }

  public static void setDefault(ObjectNode parent, String name, boolean value) {
    if (!parent.hasNonNull(name)) {
      parent.put(name, value);
    }
  }
}
