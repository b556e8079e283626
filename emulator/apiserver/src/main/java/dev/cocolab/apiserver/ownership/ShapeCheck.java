package dev.cocolab.apiserver.ownership;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.TypeShape;
import dev.cocolab.apiserver.schema.TypeShape.Elements;
import dev.cocolab.apiserver.schema.TypeShape.Fields;
import dev.cocolab.apiserver.schema.TypeShape.Items;
import dev.cocolab.apiserver.schema.TypeShape.Primitive;
import dev.cocolab.apiserver.schema.TypeShape.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Checks that an applied value has the shape of its type: known fields, no duplicates in lists. */
final class ShapeCheck {
  private final List<String> findings = new ArrayList<>();

  private ShapeCheck() {}

  /** One sentence about everything that is wrong; empty when nothing is. */
  static Optional<String> check(TypeShape shape, JsonNode value) {
    ShapeCheck check = new ShapeCheck();
    check.visit(shape, value, "");
    if (check.findings.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        check.findings.size() == 1
            ? check.findings.get(0)
            : "errors:\n  " + String.join("\n  ", check.findings));
  }

  private void add(String path, String finding) {
    findings.add(path.isEmpty() ? finding : path + ": " + finding);
  }

  private void visit(TypeShape declared, JsonNode value, String path) {
    if (value.isNull()) {
      return;
    }
    TypeShape shape = Shapes.of(declared, value);
    if (shape instanceof Fields fields) {
      if (value.isObject()) {
        fields(fields, value, path);
      } else {
        add(path, "expected map, got " + described(value));
      }
    } else if (shape instanceof Items items) {
      if (value.isArray()) {
        items(items, value, path);
      } else {
        add(path, "expected list, got " + described(value));
      }
    } else if (shape instanceof Scalar scalar) {
      plain(scalar.primitive(), value, path);
    }
  }

  private void plain(Primitive primitive, JsonNode value, String path) {
    switch (primitive) {
      case NUMBER -> {
        if (!value.isNumber()) {
          add(path, "expected numeric (int or float), got " + goType(value));
        }
      }
      case STRING -> {
        if (!value.isString()) {
          add(path, "expected string, got &value.valueUnstructured{Value:" + goSyntax(value) + "}");
        }
      }
      case BOOLEAN -> {
        if (!value.isBoolean()) {
          add(path, "expected boolean, got " + described(value));
        }
      }
      case ANY -> {
        if (value.isContainer()) {
          add(path, "expected any scalar, got " + described(value));
        }
      }
    }
  }

  private void fields(Fields fields, JsonNode object, String path) {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String here = path + "." + entry.getKey();
      Optional<TypeShape> inner = fields.at(entry.getKey());
      if (inner.isEmpty()) {
        add(here, "field not declared in schema");
        return;
      }
      visit(inner.get(), entry.getValue(), here);
    }
  }

  private void items(Items items, JsonNode array, String path) {
    Set<PathElement> seen = new TreeSet<>();
    for (int i = 0; i < array.size(); i++) {
      PathElement step = new PathElement.Index(i);
      if (items.elements() != Elements.ATOMIC) {
        try {
          step = ListItems.step(items, array.get(i));
        } catch (ListItems.Unidentified e) {
          add(path, "element " + i + ": " + e.getMessage());
          return;
        }
        if (!seen.add(step)) {
          add(path, "duplicate entries for key " + step);
        }
      }
      visit(items.element().get(), array.get(i), path + step);
    }
  }

  /** A value as Go's formatter shows it in these messages. */
  private static String described(JsonNode value) {
    if (value.isObject()) {
      StringBuilder text = new StringBuilder("&{map[");
      String gap = "";
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        text.append(gap).append(entry.getKey()).append(':').append(inner(entry.getValue()));
        gap = " ";
      }
      return text.append("]}").toString();
    }
    return "&{" + inner(value) + "}";
  }

  private static String inner(JsonNode value) {
    if (value.isArray()) {
      StringBuilder text = new StringBuilder("[");
      for (JsonNode element : value) {
        text.append(text.length() > 1 ? " " : "").append(inner(element));
      }
      return text.append(']').toString();
    }
    if (value.isObject()) {
      String whole = described(value);
      return whole.substring(2, whole.length() - 1);
    }
    return value.isNull() ? "<nil>" : value.asString(value.toString());
  }

  /** A value as a Go program would write it. */
  private static String goSyntax(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream()
          .map(e -> Trees.strings(List.of(e.getKey())).get(0) + ":" + goSyntax(e.getValue()))
          .collect(Collectors.joining(", ", "map[string]interface {}{", "}"));
    }
    if (value.isArray()) {
      return value
          .valueStream()
          .map(ShapeCheck::goSyntax)
          .collect(Collectors.joining(", ", "[]interface {}{", "}"));
    }
    return value.isNull() ? "interface {}(nil)" : value.toString();
  }

  private static String goType(JsonNode value) {
    if (value.isString()) {
      return "string";
    }
    if (value.isBoolean()) {
      return "bool";
    }
    return value.isArray() ? "[]interface {}" : "map[string]interface {}";
  }
}
