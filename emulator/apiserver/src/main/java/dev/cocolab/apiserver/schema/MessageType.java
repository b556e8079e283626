package dev.cocolab.apiserver.schema;

import java.util.List;
import java.util.Map;

/**
 * A structure of the Kubernetes API.
 *
 * @param name package and Go name, for example {@code core/v1.PodSpec}
 * @param atomic whether server-side apply owns it as one value
 * @param byJsonName fields as JSON has them: those of embedded structures stand here too
 * @param byNumber fields as protobuf has them: an embedded structure is one field, without a JSON
 *     name
 */
public record MessageType(
    String name, boolean atomic, Map<String, Field> byJsonName, Map<Integer, Field> byNumber) {

  /** What the value of a field looks like. */
  public enum Shape {
    STRING,
    BOOL,
    INT32,
    INT64,
    DOUBLE,
    BYTES,
    TIME,
    MICROTIME,
    DURATION,
    QUANTITY,
    INT_OR_STRING,
    /** JSON of any shape, which protobuf wraps as bytes in a message. */
    RAW,
    /** JSON of any shape. */
    ANY,
    LIST,
    MAP,
    MESSAGE
  }

  /**
   * Type of a field.
   *
   * @param shape outer shape
   * @param element name of the element's or message's type: a shape in lower case, a message name
   *     or, for nested lists, a whole type expression; empty for plain values
   */
  public record FieldType(Shape shape, String element) {}

  /**
   * One field.
   *
   * @param jsonName name in JSON, empty for an embedded structure
   * @param number protobuf field number
   * @param type type
   * @param pointer whether absent and zero differ; other fields are absent in JSON when they are
   *     zero
   * @param merge what a strategic merge patch does with it
   * @param presence whether JSON has it when it is zero
   * @param required whether a client has to set it
   * @param choices the values that text may have; empty when it is free
   * @param ownership what server-side apply does with it
   */
  public record Field(
      String jsonName,
      int number,
      FieldType type,
      boolean pointer,
      Merge merge,
      Presence presence,
      boolean required,
      List<String> choices,
      Ownership ownership) {
    public Field {
      choices = List.copyOf(choices);
    }
  }

  /** Whether the JSON of a structure has a field that is zero. */
  public enum Presence {
    OMITTED,
    /** As its zero value. */
    ZERO,
    NULL
  }

  /**
   * Rule of server-side apply for the value of a field.
   *
   * @param keys fields that together identify an element of a list; empty for other lists
   * @param set whether a list is a set of plain values
   * @param atomic whether a map or structure is owned as one value
   * @param defaultValue value that a key has when it is left out; empty when there is none
   */
  public record Ownership(List<String> keys, boolean set, boolean atomic, String defaultValue) {
    public Ownership {
      keys = List.copyOf(keys);
    }
  }

  /**
   * Strategic merge rule.
   *
   * @param merges whether lists are merged instead of replaced
   * @param key field that identifies a list element; empty for lists of plain values
   * @param retainKeys whether {@code $retainKeys} is honoured
   */
  public record Merge(boolean merges, String key, boolean retainKeys) {}

  /** {@code PodSpec}: the part after the package. */
  public String goName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
