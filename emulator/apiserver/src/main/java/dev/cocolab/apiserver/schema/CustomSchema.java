package dev.cocolab.apiserver.schema;

import dev.cocolab.apiserver.status.Cause;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A structural schema of a CustomResourceDefinition (apiextensions.k8s.io/v1): prunes unknown
 * fields, sets defaults, checks types, required fields, enumerations, bounds and patterns. Rules in
 * CEL ({@code x-kubernetes-validations}) are not evaluated.
 */
public final class CustomSchema {
  private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";

  private final ObjectNode root;

  /**
   * @param root the {@code openAPIV3Schema}; not changed
   */
  public CustomSchema(ObjectNode root) {
    this.root = root;
  }

  /**
   * Drops, in place, what the schema does not know.
   *
   * @return one sentence for each dropped field: {@code unknown field "spec.colour"}
   */
  public List<String> prune(ObjectNode object) {
    List<String> unknown = new ArrayList<>();
    prune(object, root, "", unknown, true);
    return unknown;
  }

  private static void prune(
      JsonNode value, JsonNode schema, String path, List<String> unknown, boolean resource) {
    if (value instanceof ObjectNode object) {
      boolean keep = schema.path(PRESERVE).booleanValue(false);
      JsonNode properties = schema.path("properties");
      JsonNode additional = schema.path("additionalProperties");
      Iterator<Map.Entry<String, JsonNode>> entries = object.properties().iterator();
      while (entries.hasNext()) {
        Map.Entry<String, JsonNode> entry = entries.next();
        String name = entry.getKey();
        String here = path.isEmpty() ? name : path + "." + name;
        if (resource
            && (name.equals("apiVersion") || name.equals("kind") || name.equals("metadata"))) {
          continue;
        }
        if (properties.has(name)) {
          JsonNode inner = properties.path(name);
          boolean embedded = inner.path("x-kubernetes-embedded-resource").booleanValue(false);
          prune(entry.getValue(), inner, here, unknown, embedded);
        } else if (additional.isObject()) {
          prune(entry.getValue(), additional, here, unknown, false);
        } else if (!keep && !additional.booleanValue(false)) {
          unknown.add("unknown field \"" + here + "\"");
          entries.remove();
        }
      }
    } else if (value instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        prune(array.get(i), schema.path("items"), path + "[" + i + "]", unknown, false);
      }
    }
  }

  /**
   * Sets defaults in place; a null where a default exists and null is not allowed takes the default
   * too.
   */
  public void applyDefaults(ObjectNode object) {
    applyDefaults(object, root);
  }

  private static void applyDefaults(JsonNode value, JsonNode schema) {
    if (value instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
        JsonNode inner = property.getValue();
        JsonNode present = object.path(property.getKey());
        boolean absent =
            present.isMissingNode()
                || (present.isNull() && !inner.path("nullable").booleanValue(false));
        if (absent && inner.has("default")) {
          object.set(property.getKey(), inner.path("default").deepCopy());
        }
        applyDefaults(object.path(property.getKey()), inner);
      }
      JsonNode additional = schema.path("additionalProperties");
      if (additional.isObject()) {
        object.properties().forEach(entry -> applyDefaults(entry.getValue(), additional));
      }
    } else if (value instanceof ArrayNode array) {
      array.forEach(element -> applyDefaults(element, schema.path("items")));
    }
  }

  /** Findings about an object; empty when it satisfies the schema. */
  public List<Cause> validate(ObjectNode object) {
    List<Cause> causes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : root.path("properties").properties()) {
      String name = property.getKey();
      boolean meta = name.equals("metadata") || name.equals("apiVersion") || name.equals("kind");
      if (!meta && object.has(name)) {
        validate(object.path(name), property.getValue(), name, causes);
      }
    }
    required(object, root, "", causes);
    return causes;
  }

  /** Findings about a value by itself, for example a default; their fields begin at the value. */
  public static List<Cause> findings(JsonNode value, JsonNode schema) {
    List<Cause> causes = new ArrayList<>();
    validate(value, schema, "", causes);
    return causes;
  }

  private static void validate(JsonNode value, JsonNode schema, String path, List<Cause> causes) {
    if (value.isNull() && schema.path("nullable").booleanValue(false)) {
      return;
    }
    if (!hasType(value, schema)) {
      String type = schema.path("type").stringValue("");
      causes.add(
          Cause.typeInvalid(
              path,
              typeOf(value),
              path + " in body must be of type " + type + ": \"" + typeOf(value) + "\""));
      return;
    }
    scalar(value, schema, path, causes);
    if (value.isObject()) {
      required(value, schema, path, causes);
      for (Map.Entry<String, JsonNode> entry : value.properties()) {
        JsonNode inner = schema.path("properties").path(entry.getKey());
        JsonNode rule = inner.isMissingNode() ? schema.path("additionalProperties") : inner;
        if (rule.isObject()) {
          validate(entry.getValue(), rule, path + "." + entry.getKey(), causes);
        }
      }
      bounds(value.size(), schema, "Properties", path, causes);
    } else if (value.isArray()) {
      bounds(value.size(), schema, "Items", path, causes);
      for (int i = 0; i < value.size(); i++) {
        validate(value.get(i), schema.path("items"), path + "[" + i + "]", causes);
      }
    }
  }

  private static void required(JsonNode value, JsonNode schema, String path, List<Cause> causes) {
    for (JsonNode name : schema.path("required")) {
      if (!value.has(name.stringValue(""))) {
        causes.add(
            Cause.required(
                path.isEmpty() ? name.stringValue("") : path + "." + name.stringValue(""), ""));
      }
    }
  }

  private static boolean hasType(JsonNode value, JsonNode schema) {
    if (schema.path("x-kubernetes-int-or-string").booleanValue(false)) {
      return value.isString() || value.isIntegralNumber();
    }
    return switch (schema.path("type").stringValue("")) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "boolean" -> value.isBoolean();
      case "integer" ->
          value.isIntegralNumber() || (value.isNumber() && value.doubleValue() % 1 == 0);
      case "number" -> value.isNumber();
      default -> true;
    };
  }

  private static String typeOf(JsonNode value) {
    if (value.isNumber()) {
      return value.isIntegralNumber() ? "integer" : "number";
    }
    return value.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static void scalar(JsonNode value, JsonNode schema, String path, List<Cause> causes) {
    JsonNode allowed = schema.path("enum");
    if (allowed.isArray()) {
      boolean found = false;
      List<String> names = new ArrayList<>();
      for (JsonNode choice : allowed) {
        found |= choice.equals(value);
        names.add(choice.asString(""));
      }
      if (!found) {
        causes.add(Cause.notSupported(path, value.asString(value.toString()), names));
      }
    }
    if (value.isString()) {
      String text = value.stringValue();
      bounds(text.codePointCount(0, text.length()), schema, "Length", path, causes);
      String pattern = schema.path("pattern").stringValue("");
      if (!pattern.isEmpty() && !finds(pattern, text)) {
        causes.add(Cause.invalid(path, text, path + " in body should match '" + pattern + "'"));
      }
    }
    if (value.isNumber()) {
      double number = value.doubleValue();
      JsonNode minimum = schema.path("minimum");
      JsonNode maximum = schema.path("maximum");
      if (minimum.isNumber() && number < minimum.doubleValue()) {
        causes.add(
            Cause.invalid(
                path,
                value.numberValue(),
                path + " in body should be greater than or equal to " + minimum));
      }
      if (maximum.isNumber() && number > maximum.doubleValue()) {
        causes.add(
            Cause.invalid(
                path,
                value.numberValue(),
                path + " in body should be less than or equal to " + maximum));
      }
    }
  }

  private static boolean finds(String pattern, String text) {
    try {
      return Pattern.compile(pattern).matcher(text).find();
    } catch (PatternSyntaxException notJava) {
      // RE2 and Java agree on all but rare syntax; what Java cannot read is not held against the
      // object
      return true;
    }
  }

  private static void bounds(
      int size, JsonNode schema, String what, String path, List<Cause> causes) {
    JsonNode least = schema.path("min" + what);
    JsonNode most = schema.path("max" + what);
    // a definition may give any number
    BigDecimal found = BigDecimal.valueOf(size);
    if (least.isNumber() && found.compareTo(least.decimalValue()) < 0) {
      causes.add(
          Cause.invalid(
              path,
              size,
              path + " in body should be at least " + least + " " + unit(what) + " long"));
    }
    if (most.isNumber() && found.compareTo(most.decimalValue()) > 0) {
      causes.add(
          what.equals("Length")
              ? new Cause(
                  "FieldValueTooLong", "Too long: may not be more than " + most + " bytes", path)
              : new Cause(
                  "FieldValueTooMany",
                  "Too many: " + size + ": must have at most " + most + " items",
                  path));
    }
  }

  private static String unit(String what) {
    return switch (what) {
      case "Length" -> "chars";
      case "Items" -> "items";
      default -> "properties";
    };
  }
}
