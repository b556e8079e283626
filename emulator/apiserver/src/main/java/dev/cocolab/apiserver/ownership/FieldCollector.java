package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.schema.TypeShape;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The fields that a value mentions: plain values, elements of lists, entries of maps. */
final class FieldCollector {
  private final FieldSet.Builder found = new FieldSet.Builder();

  private FieldCollector() {}

  static FieldSet collect(TypeShape shape, JsonNode value) {
    FieldCollector collector = new FieldCollector();
    collector.visit(shape, value, FieldPath.ROOT);
    return collector.found.build();
  }

  private void visit(TypeShape declared, JsonNode value, FieldPath path) {
    TypeShape shape = Shapes.of(declared, value);
    if (shape instanceof Fields fields) {
      if (fields.atomic()) {
        found.add(path);
      } else if (value.isObject()) {
        fields(fields, value, path);
      }
    } else if (shape instanceof Items items) {
      if (items.elements() == Elements.ATOMIC) {
        found.add(path);
      } else if (value.isArray()) {
        items(items, value, path);
      }
    } else {
      found.add(path);
    }
  }

  private void fields(Fields fields, JsonNode object, FieldPath path) {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      FieldPath here = path.then(PathElement.name(entry.getKey()));
      JsonNode value = entry.getValue();
      visit(Shapes.at(fields, entry.getKey()), value, here);
      boolean empty = value.isNull() || (value.isObject() && value.isEmpty());
      if (empty || !fields.declares(entry.getKey())) {
        found.add(here);
      }
    }
  }

  private void items(Items items, JsonNode array, FieldPath path) {
    ListItems.index(items, array)
        .elements()
        .forEach(
            (step, same) -> {
              FieldPath here = path.then(step);
              found.add(here);
              if (same.size() == 1) {
                visit(items.element().get(), same.get(0), here);
              }
            });
  }

  /** Whether the type names each of the fields; for tests of sets against types. */
  static boolean declares(TypeShape root, List<PathElement> path, PathElement last) {
    TypeShape here = root;
    for (PathElement element : path) {
      here = below(here, element);
    }
    return here instanceof Fields fields
        && last instanceof PathElement.Name name
        && fields.declares(name.name());
  }

  private static TypeShape below(TypeShape shape, PathElement element) {
    if (shape instanceof Fields fields && element instanceof PathElement.Name name) {
      return Shapes.at(fields, name.name());
    }
    return shape instanceof Items items ? items.element().get() : shape;
  }
}
