package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Values as Go writes them, which is how upstream's findings quote structures. */
final class GoText {
  private GoText() {}

  /** {@code map[string]string{"a":"b"}}, keys in order. */
  static String stringMap(JsonNode map) {
    if (!map.isObject()) {
      return "map[string]string(nil)";
    }
    Map<String, String> sorted = new TreeMap<>();
    map.properties().forEach(e -> sorted.put(e.getKey(), e.getValue().asString("")));
    return sorted.entrySet().stream()
        .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue()))
        .collect(Collectors.joining(", ", "map[string]string{", "}"));
  }

  /** {@code []string{"a", "b"}}. */
  static String strings(List<String> texts) {
    return texts.stream().map(GoText::quoted).collect(Collectors.joining(", ", "[]string{", "}"));
  }

  static String labelSelector(JsonNode selector) {
    return "v1.LabelSelector{MatchLabels:"
        + stringMap(selector.path("matchLabels"))
        + ", MatchExpressions:[]v1.LabelSelectorRequirement"
        + expressions(selector)
        + "}";
  }

  private static String expressions(JsonNode selector) {
    List<ObjectNode> expressions = Trees.objects(selector, "matchExpressions");
    if (expressions.isEmpty()) {
      return "(nil)";
    }
    return expressions.stream()
        .map(
            one ->
                "v1.LabelSelectorRequirement{Key:"
                    + quoted(Trees.textOrEmpty(one, "key"))
                    + ", Operator:"
                    + quoted(Trees.textOrEmpty(one, "operator"))
                    + ", Values:"
                    + (one.has("values") ? strings(Trees.texts(one, "values")) : "[]string(nil)")
                    + "}")
        .collect(Collectors.joining(", ", "{", "}"));
  }

  static String roleRef(JsonNode reference) {
    return "rbac.RoleRef{APIGroup:"
        + quoted(Trees.textOrEmpty(reference, "apiGroup"))
        + ", Kind:"
        + quoted(Trees.textOrEmpty(reference, "kind"))
        + ", Name:"
        + quoted(Trees.textOrEmpty(reference, "name"))
        + "}";
  }

  private static String quoted(String text) {
    return Trees.strings(List.of(text)).get(0).toString();
  }

  /** Bytes in Base64, as {@code %#v} prints them. */
  static String bytes(String base64) {
    try {
      StringJoiner text = new StringJoiner(", ", "[]byte{", "}");
      for (byte one : Base64.getDecoder().decode(base64)) {
        text.add("0x" + Integer.toHexString(one & 0xff));
      }
      return text.toString();
    } catch (IllegalArgumentException e) {
      return "[]byte{}";
    }
  }
}
