package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One step of a path into an object. Steps are ordered: fields, keys, values, indices, each among
 * themselves by content.
 */
public sealed interface PathElement extends Comparable<PathElement> {

  /** A field of a structure or map. */
  record Name(String name) implements PathElement {
    @Override
    public String wire() {
      return "f:" + name;
    }

    @Override
    public int rank() {
      return 0;
    }

    @Override
    public int compareAlike(PathElement other) {
      return name.compareTo(((Name) other).name());
    }

    @Override
    public String toString() {
      return "." + name;
    }
  }

  /** The element of a list whose key fields have these plain values. */
  record Key(SortedMap<String, JsonNode> fields) implements PathElement {
    public Key {
      fields = new TreeMap<>(fields);
    }

    @Override
    public String wire() {
      ObjectNode object = Trees.object();
      fields.forEach(object::set);
      return "k:" + object;
    }

    @Override
    public int rank() {
      return 1;
    }

    @Override
    public int compareAlike(PathElement other) {
      return compare(fields, ((Key) other).fields());
    }

    @Override
    public String toString() {
      return fields.entrySet().stream()
          .map(field -> field.getKey() + "=" + field.getValue())
          .collect(Collectors.joining(",", "[", "]"));
    }
  }

  /** The element of a set with this plain value. */
  record Value(JsonNode value) implements PathElement {
    @Override
    public String wire() {
      return "v:" + value;
    }

    @Override
    public int rank() {
      return 2;
    }

    @Override
    public int compareAlike(PathElement other) {
      return PlainValues.ORDER.compare(value, ((Value) other).value());
    }

    @Override
    public String toString() {
      return "[=" + value + "]";
    }
  }

  /** The element of a list at a position. */
  record Index(int index) implements PathElement {
    @Override
    public String wire() {
      return "i:" + index;
    }

    @Override
    public int rank() {
      return 3;
    }

    @Override
    public int compareAlike(PathElement other) {
      return Integer.compare(index, ((Index) other).index());
    }

    @Override
    public String toString() {
      return "[" + index + "]";
    }
  }

  /** The name of the step in FieldsV1, for example {@code k:{"name":"c"}}. */
  String wire();

  static PathElement name(String name) {
    return new Name(name);
  }

  /**
   * Reads a name of FieldsV1; empty for a kind of step that is not known.
   *
   * @throws MalformedFieldsException when it is of a known kind but cannot be read
   */
  static Optional<PathElement> parse(String wire) {
    if (wire.length() < 2 || wire.charAt(1) != ':') {
      throw new MalformedFieldsException("missing colon: " + wire);
    }
    String rest = wire.substring(2);
    try {
      return switch (wire.charAt(0)) {
        case 'f' -> Optional.of(new Name(rest));
        case 'v' -> Optional.of(value(Trees.MAPPER.readTree(rest)));
        case 'k' -> Optional.of(key(Trees.MAPPER.readTree(rest)));
        case 'i' -> Optional.of(new Index(Integer.parseInt(rest)));
        default -> Optional.empty();
      };
    } catch (JacksonException | NumberFormatException e) {
      throw new MalformedFieldsException("cannot read the path element " + wire);
    }
  }

  private static Value value(JsonNode node) {
    if (node.isMissingNode()) {
      throw new MalformedFieldsException("a value is missing");
    }
    return new Value(node);
  }

  private static Key key(JsonNode node) {
    if (!node.isObject() || node.isEmpty()) {
      throw new MalformedFieldsException("a key must be an object with fields: " + node);
    }
    SortedMap<String, JsonNode> fields = new TreeMap<>();
    node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    return new Key(fields);
  }

  /** Place of the kind of step in the order. */
  int rank();

  /** Compares with a step of the same kind. */
  int compareAlike(PathElement other);

  @Override
  default int compareTo(PathElement other) {
    return rank() == other.rank() ? compareAlike(other) : Integer.compare(rank(), other.rank());
  }

  private static int compare(SortedMap<String, JsonNode> left, SortedMap<String, JsonNode> right) {
    Comparator<Map.Entry<String, JsonNode>> order =
        Map.Entry.<String, JsonNode>comparingByKey()
            .thenComparing(Map.Entry::getValue, PlainValues.ORDER);
    Iterator<Map.Entry<String, JsonNode>> others = right.entrySet().iterator();
    for (Map.Entry<String, JsonNode> field : left.entrySet()) {
      int result = others.hasNext() ? order.compare(field, others.next()) : 1;
      if (result != 0) {
        return result;
      }
    }
    return others.hasNext() ? -1 : 0;
  }
}
