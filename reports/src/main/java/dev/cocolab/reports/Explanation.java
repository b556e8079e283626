package dev.cocolab.reports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why the broker decided as it did, as it stands in an attachment of the type {@value #MEDIA_TYPE}:
 * an object with {@code verdict} (or {@code decision}), {@code summary} and {@code findings}.
 */
record Explanation(String verdict, String summary, List<Finding> findings) {

  static final String MEDIA_TYPE = "application/vnd.cocolab.explanation+json";
  private static final JsonMapper JSON = JsonMapper.shared();

  Explanation {
    findings = List.copyOf(findings);
  }

  /**
   * One claim that did not meet its rule.
   *
   * @param expected acceptable values; empty if there are none
   * @param where policy and line, where known
   */
  record Finding(
      String claim,
      String found,
      List<String> expected,
      Optional<String> referenceValue,
      String rule,
      Optional<String> where,
      String remedy) {

    Finding {
      expected = List.copyOf(expected);
    }
  }

  /** Empty if the text is not such an object. */
  static Optional<Explanation> parse(byte[] json) {
    try {
      JsonNode node = JSON.readTree(json);
      if (node == null || !node.isObject() || !node.path("findings").isArray()) {
        return Optional.empty();
      }
      List<Finding> findings = new ArrayList<>();
      node.path("findings").forEach(f -> findings.add(finding(f)));
      String verdict = node.has("verdict") ? text(node, "verdict") : text(node, "decision");
      return Optional.of(new Explanation(verdict, text(node, "summary"), findings));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Finding finding(JsonNode node) {
    List<String> expected = new ArrayList<>();
    JsonNode values = node.path("expected");
    if (values.isArray()) {
      values.forEach(v -> expected.add(shown(v)));
    } else if (!values.isMissingNode() && !values.isNull()) {
      expected.add(shown(values));
    }
    String policy = text(node, "policy");
    int line = node.path("line").asInt(0);
    Optional<String> where =
        policy.isEmpty()
            ? Optional.empty()
            : Optional.of(line > 0 ? policy + ", line " + line : policy);
    return new Finding(
        text(node, "claim"),
        text(node, "found"),
        expected,
        Optional.of(text(node, "referenceValue")).filter(t -> !t.isEmpty()),
        text(node, "rule"),
        where,
        text(node, "remedy"));
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isMissingNode() || value.isNull() ? "" : shown(value);
  }

  private static String shown(JsonNode value) {
    return value.isString() ? value.asString() : value.toString();
  }
}
