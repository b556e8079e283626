package dev.cocolab.cli.lint;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reference values as they are kept: a JSON object whose members are base64 of a JSON object with a
 * member {@code value} (the Trustee operator's ConfigMap), or the values themselves; or the
 * ConfigMap around it, in YAML.
 */
final class ReferenceValueDocument {
  private static final String KEY = "reference_value";

  private ReferenceValueDocument() {}

  /**
   * Reads a document.
   *
   * @return by name, as {@code query_reference_value} gives them
   * @throws IllegalArgumentException with the reason when it is none
   */
  static Map<String, JsonNode> parse(String text) {
    JsonNode document;
    try {
      document = new YAMLMapper().readTree(text);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is neither JSON nor YAML", e);
    }
    JsonNode inner = document.path("data").path(KEY);
    if (inner.isString()) {
      return parse(inner.asString());
    }
    if (!document.isObject()) {
      throw new IllegalArgumentException("it is no object");
    }
    Map<String, JsonNode> values = new TreeMap<>();
    document.properties().forEach(member -> values.put(member.getKey(), value(member)));
    return values;
  }

  private static JsonNode value(Map.Entry<String, JsonNode> member) {
    JsonNode kept = member.getValue();
    if (!kept.isString()) {
      return kept.isObject() && kept.has("value") ? kept.path("value") : kept;
    }
    try {
      String entry =
          new String(
              Base64.getMimeDecoder().decode(kept.asString().replace('-', '+').replace('_', '/')),
              StandardCharsets.UTF_8);
      JsonNode value = JsonMapper.shared().readTree(entry).path("value");
      if (value.isMissingNode()) {
        throw new IllegalArgumentException("'" + member.getKey() + "' has no value");
      }
      return value;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s' is not base64 of a JSON object with a value".formatted(member.getKey()), e);
    }
  }
}
