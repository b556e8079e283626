package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.ApiException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Renders objects as {@code meta.k8s.io/v1 Table}: the columns that kubectl prints. */
public final class TableRenderer {
  private static final Set<String> INCLUDES = Set.of("", "None", "Metadata", "Object");

  private final Clock clock;

  public TableRenderer(Clock clock) {
    this.clock = clock;
  }

  /**
   * A table.
   *
   * @param resourceVersion version of the list or object
   * @param includeObject {@code None}, {@code Object} or, by default, {@code Metadata}: what of
   *     each object a row carries
   */
  public ObjectNode table(
      ResourceType type, List<ObjectNode> objects, String resourceVersion, String includeObject) {
    if (!INCLUDES.contains(includeObject)) {
      throw ApiException.badRequest(
          "Unable to convert to Table as requested: includeObject: Invalid value: \""
              + includeObject
              + "\": must be 'Metadata', 'Object', 'None', or empty");
    }
    List<Column> columns = columns(type);
    ObjectNode table = Trees.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata").put("resourceVersion", resourceVersion);
    ArrayNode definitions = table.putArray("columnDefinitions");
    columns.forEach(column -> definitions.add(column.definition()));
    ArrayNode rows = table.putArray("rows");
    for (ObjectNode object : objects) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells");
      for (Column column : columns) {
        cells.add(column.cell().of(object, clock));
      }
      switch (includeObject) {
        case "None" -> row.putNull("object");
        case "Object" -> row.set("object", object);
        default -> {
          ObjectNode partial =
              Trees.object()
                  .put("kind", "PartialObjectMetadata")
                  .put("apiVersion", "meta.k8s.io/v1");
          partial.set("metadata", object.path("metadata"));
          row.set("object", partial);
        }
      }
    }
    return table;
  }

  /** Renders the objects of one watch: a table each, column definitions in the first only. */
  public UnaryOperator<ObjectNode> events(ResourceType type, String includeObject) {
    boolean[] first = {true};
    return object -> {
      ObjectNode table =
          table(
              type,
              List.of(object),
              Trees.textOrEmpty(object, "metadata", "resourceVersion"),
              includeObject);
      if (!first[0]) {
        table.putNull("columnDefinitions");
      }
      first[0] = false;
      return table;
    };
  }

  private static List<Column> columns(ResourceType type) {
    return type.custom()
        .map(custom -> CustomColumns.of(custom.printerColumns()))
        .orElseGet(() -> BuiltInColumns.of(type.storageName()));
  }
}
