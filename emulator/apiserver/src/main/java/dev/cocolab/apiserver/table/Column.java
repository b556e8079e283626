package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.time.Clock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One column of a table.
 *
 * @param name header
 * @param type {@code string}, {@code integer}, {@code boolean}, {@code number} or {@code date}
 * @param format {@code name} for the first column
 * @param priority 0, or 1 for wide output only
 * @param description for people; may be empty
 * @param cell what stands in it
 */
record Column(
    String name, String type, String format, int priority, String description, Cell cell) {

  /** Value of a cell for one object. */
  @FunctionalInterface
  interface Cell {
    JsonNode of(ObjectNode object, Clock clock);
  }

  /** Text of a cell for one object. */
  @FunctionalInterface
  interface Text {
    String of(ObjectNode object);
  }

  static Column text(String name, Text text) {
    return new Column(
        name, "string", "", 0, "", (object, clock) -> object.stringNode(text.of(object)));
  }

  static Column wide(String name, Text text) {
    return new Column(
        name, "string", "", 1, "", (object, clock) -> object.stringNode(text.of(object)));
  }

  /** A whole number, 0 where there is none. */
  static Column number(String name, String... path) {
    return new Column(
        name,
        "integer",
        "",
        0,
        "",
        (object, clock) -> object.numberNode(Trees.number(object, path).orElse(0)));
  }

  static Column objectName() {
    return new Column(
        "Name",
        "string",
        "name",
        0,
        "Name must be unique within a namespace.",
        (object, clock) -> object.stringNode(Trees.textOrEmpty(object, "metadata", "name")));
  }

  /** The time passed since a time of the object; {@code <none>} where it has none. */
  static Column since(String name, String... path) {
    return new Column(
        name,
        "string",
        "",
        0,
        "",
        (object, clock) ->
            object.stringNode(
                Trees.text(object, path)
                    .map(time -> HumanDuration.since(time, clock))
                    .orElse("<none>")));
  }

  static Column age() {
    return new Column(
        "Age",
        "string",
        "",
        0,
        "Time since the object was created.",
        (object, clock) ->
            object.stringNode(
                HumanDuration.since(
                    Trees.textOrEmpty(object, "metadata", "creationTimestamp"), clock)));
  }

  ObjectNode definition() {
    return Trees.object()
        .put("name", name)
        .put("type", type)
        .put("format", format)
        .put("description", description)
        .put("priority", priority);
  }
}
