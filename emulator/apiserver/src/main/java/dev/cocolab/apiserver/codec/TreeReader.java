package dev.cocolab.apiserver.codec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * Reads JSON and YAML into trees and notes keys that stand twice in one object, which a tree cannot
 * show: {@code duplicate field "spec.replicas"}. Nesting is limited to 200 levels. Throws Jackson's
 * unchecked exception for text that does not parse.
 */
final class TreeReader {
  private static final int MAX_DEPTH = 200;
  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build();
  private static final JsonFactory JSON =
      JsonFactory.builder().streamReadConstraints(BOUNDS).build();
  private static final String DUPLICATE = "duplicate field \"";
  private static final String UNKNOWN = "unknown field \"";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final boolean ordered;
  private final Set<String> duplicates = new LinkedHashSet<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> order = new ArrayList<>();

  private TreeReader(boolean ordered) {
    this.ordered = ordered;
  }

  static DecodedBody json(byte[] text) {
    return read(() -> JSON.createParser(ObjectReadContext.empty(), text));
  }

  static DecodedBody yaml(byte[] text) {
    YAMLFactory factory = YAMLFactory.builder().streamReadConstraints(BOUNDS).build();
    return read(() -> factory.createParser(ObjectReadContext.empty(), text));
  }

  /** Text with duplicates is read again, for the order in which a decoder meets its keys. */
  private static DecodedBody read(Supplier<JsonParser> open) {
    TreeReader reader = new TreeReader(false);
    JsonNode root;
    try (JsonParser parser = open.get()) {
      root = reader.document(parser);
    }
    if (reader.duplicates.isEmpty()) {
      return new DecodedBody(root, List.of());
    }
    TreeReader again = new TreeReader(true);
    try (JsonParser parser = open.get()) {
      again.document(parser);
    }
    return new DecodedBody(root, List.copyOf(reader.duplicates), reader.lines, again.order);
  }

  private JsonNode document(JsonParser parser) {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return NODES.missingNode();
    }
    JsonNode root = value(parser, first, "");
    if (parser.nextToken() != null) {
      throw new StreamReadException(parser, "more than one document");
    }
    return root;
  }

  private JsonNode value(JsonParser parser, JsonToken token, String path) {
    return switch (token) {
      case START_OBJECT -> object(parser, path);
      case START_ARRAY -> array(parser, path);
      case VALUE_STRING -> NODES.stringNode(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new StreamReadException(parser, "unexpected " + token);
    };
  }

  private ObjectNode object(JsonParser parser, String path) {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      String here = path.isEmpty() ? name : path + "." + name;
      int line = parser.currentTokenLocation().getLineNr();
      if (ordered) {
        order.add((object.has(name) ? DUPLICATE : UNKNOWN) + here + "\"");
      }
      JsonNode value = value(parser, parser.nextToken(), here);
      if (object.replace(name, value) != null) {
        duplicates.add(DUPLICATE + here + "\"");
        lines.add("line " + line + ": key \"" + name + "\" already set in map");
      }
    }
    return object;
  }

  private ArrayNode array(JsonParser parser, String path) {
    ArrayNode array = NODES.arrayNode();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      array.add(value(parser, token, path + "[" + array.size() + "]"));
    }
    return array;
  }

  /** A number beyond the range would be written as a text. */
  private static JsonNode finite(JsonParser parser) {
    double number = parser.getDoubleValue();
    if (!Double.isFinite(number)) {
      throw new StreamReadException(parser, "a number is out of range: " + parser.getString());
    }
    return NODES.numberNode(number);
  }

  private static JsonNode number(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      case BIG_INTEGER -> NODES.numberNode(parser.getBigIntegerValue());
      default -> finite(parser);
    };
  }
}
