package dev.cocolab.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * A TOML file of a component. Unknown keys are ignored; a known key of another type is an error
 * that names it.
 */
final class ConfigFile {

  private static final TomlMapper TOML = TomlMapper.builder().build();

  private final String name;
  private final JsonNode root;

  private ConfigFile(String name, JsonNode root) {
    this.name = name;
    this.root = root;
  }

  /** Throws {@link IllegalArgumentException} with a text for the guest's log. */
  static ConfigFile parse(String name, String toml) {
    try {
      JsonNode root = TOML.readTree(toml);
      return new ConfigFile(name, root);
    } catch (JacksonException e) {
      String where = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new IllegalArgumentException(
          name + where + ": not TOML: " + firstLine(e.getOriginalMessage()), e);
    }
  }

  private static String firstLine(String text) {
    int end = text == null ? -1 : text.indexOf('\n');
    return end < 0 ? String.valueOf(text) : text.substring(0, end);
  }

  private JsonNode at(String path) {
    JsonNode node = root;
    for (String element : path.split("\\.", -1)) {
      if (!node.isMissingNode() && !node.isObject()) {
        throw new IllegalArgumentException(name + ": " + path + " is not in a table");
      }
      node = node.path(element);
    }
    return node;
  }

  boolean has(String path) {
    return !at(path).isMissingNode();
  }

  Optional<String> text(String path) {
    JsonNode node = at(path);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isString()) {
      throw new IllegalArgumentException(name + ": " + path + " is not a string");
    }
    return Optional.of(node.asString());
  }

  boolean flag(String path, boolean otherwise) {
    JsonNode node = at(path);
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw new IllegalArgumentException(name + ": " + path + " is not a boolean");
    }
    return node.isMissingNode() ? otherwise : node.asBoolean();
  }

  int number(String path, int otherwise) {
    JsonNode node = at(path);
    if (!node.isMissingNode() && !node.canConvertToInt()) {
      throw new IllegalArgumentException(name + ": " + path + " is not a number");
    }
    return node.isMissingNode() ? otherwise : node.asInt();
  }

  List<String> texts(String path) {
    List<String> values = new ArrayList<>();
    for (JsonNode value : list(path)) {
      if (!value.isString()) {
        throw new IllegalArgumentException(name + ": " + path + " is not a list of strings");
      }
      values.add(value.asString());
    }
    return values;
  }

  List<JsonNode> list(String path) {
    JsonNode node = at(path);
    if (!node.isMissingNode() && !node.isArray()) {
      throw new IllegalArgumentException(name + ": " + path + " is not a list");
    }
    List<JsonNode> values = new ArrayList<>();
    node.forEach(values::add);
    return values;
  }
}
