package dev.cocolab.cli.evidence;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Named facts, which become JSON, or a line each for people. */
final class Facts {
  private Facts() {}

  /** Facts about a thing. */
  static ObjectNode of(String kind) {
    return JsonMapper.shared().createObjectNode().put("kind", kind);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** A line a fact; what lies inside others has their names in front of its own. */
  static List<String> lines(JsonNode facts) {
    List<String> lines = new ArrayList<>();
    flatten("", facts, lines);
    return lines;
  }

  private static void flatten(String name, JsonNode value, List<String> lines) {
    if (value.isObject() && !value.isEmpty()) {
      String prefix = name.isEmpty() ? "" : name + ".";
      value
          .properties()
          .forEach(entry -> flatten(prefix + entry.getKey(), entry.getValue(), lines));
    } else if (value.isArray() && !value.isEmpty()) {
      for (int i = 0; i < value.size(); i++) {
        flatten("%s[%d]".formatted(name, i), value.get(i), lines);
      }
    } else {
      lines.add(line(name, value.isString() ? value.asString() : value.toString()));
    }
  }

  static String line(String name, String value) {
    return "%-30s %s".formatted(name, value);
  }
}
