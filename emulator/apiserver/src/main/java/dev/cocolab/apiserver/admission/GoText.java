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

  /** Without the addresses at which a program has its switches: they are named by what they say. */
  static String ownerReference(JsonNode owner) {
    return "v1.OwnerReference{APIVersion:"
        + quoted(Trees.textOrEmpty(owner, "apiVersion"))
        + ", Kind:"
        + quoted(Trees.textOrEmpty(owner, "kind"))
        + ", Name:"
        + quoted(Trees.textOrEmpty(owner, "name"))
        + ", UID:"
        + quoted(Trees.textOrEmpty(owner, "uid"))
        + ", Controller:(*bool)("
        + flag(owner.path("controller"))
        + "), BlockOwnerDeletion:(*bool)("
        + flag(owner.path("blockOwnerDeletion"))
        + ")}";
  }

  static String ownerReferences(List<ObjectNode> owners) {
    return owners.stream()
        .map(GoText::ownerReference)
        .collect(Collectors.joining(", ", "[]v1.OwnerReference{", "}"));
  }

  /** As of a definition whose versions have schema, columns and subresources in common. */
  static String definitionVersions(List<ObjectNode> versions) {
    return versions.stream()
        .map(
            version ->
                "apiextensions.CustomResourceDefinitionVersion{Name:"
                    + quoted(Trees.textOrEmpty(version, "name"))
                    + ", Served:"
                    + version.path("served").booleanValue(false)
                    + ", Storage:"
                    + version.path("storage").booleanValue(false)
                    + ", Deprecated:"
                    + version.path("deprecated").booleanValue(false)
                    + ", DeprecationWarning:(*string)(nil)"
                    + ", Schema:(*apiextensions.CustomResourceValidation)(nil)"
                    + ", Subresources:(*apiextensions.CustomResourceSubresources)(nil)"
                    + ", AdditionalPrinterColumns:[]apiextensions.CustomResourceColumnDefinition(nil)"
                    + ", SelectableFields:[]apiextensions.SelectableField(nil)}")
        .collect(Collectors.joining(", ", "[]apiextensions.CustomResourceDefinitionVersion{", "}"));
  }

  private static String flag(JsonNode value) {
    return value.isBoolean() ? value.toString() : "nil";
  }

  static String deploymentStrategy(String type) {
    return "apps.DeploymentStrategy{Type:"
        + quoted(type)
        + ", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}";
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
