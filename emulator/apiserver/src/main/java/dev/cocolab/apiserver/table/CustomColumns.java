package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Columns of custom kinds: the name, then {@code additionalPrinterColumns}, or the age if there are
 * none.
 */
final class CustomColumns {
  private CustomColumns() {}

  static List<Column> of(List<ObjectNode> printerColumns) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.objectName());
    for (ObjectNode column : printerColumns) {
      String type = Trees.textOrEmpty(column, "type");
      JsonPath path = JsonPath.parse(Trees.textOrEmpty(column, "jsonPath"));
      columns.add(
          new Column(
              Trees.textOrEmpty(column, "name"),
              type,
              Trees.textOrEmpty(column, "format"),
              (int) Trees.number(column, "priority").orElse(0),
              Trees.text(column, "description")
                  .orElse(
                      "Custom resource definition column (in JSONPath format): "
                          + Trees.textOrEmpty(column, "jsonPath")),
              (object, clock) -> cell(object, path.find(object), type, clock)));
    }
    if (printerColumns.isEmpty()) {
      columns.add(Column.age());
    }
    return columns;
  }

  private static JsonNode cell(ObjectNode object, List<JsonNode> found, String type, Clock clock) {
    if (found.isEmpty() || found.get(0).isNull()) {
      return object.nullNode();
    }
    JsonNode value = found.get(0);
    return switch (type) {
      case "integer" ->
          value.isNumber() ? object.numberNode(value.longValue(0)) : object.nullNode();
      case "number" -> value.isNumber() ? value : object.nullNode();
      case "boolean" -> value.isBoolean() ? value : object.nullNode();
      case "date" -> object.stringNode(HumanDuration.since(value.stringValue(""), clock));
      default ->
          object.stringNode(
              found.stream()
                  .map(node -> node.isString() ? node.stringValue() : node.toString())
                  .collect(Collectors.joining(",")));
    };
  }
}
