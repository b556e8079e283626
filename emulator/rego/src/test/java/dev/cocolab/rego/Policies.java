package dev.cocolab.rego;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** Policies of the tests, and short ways to evaluate. */
final class Policies {

  static final JsonMapper JSON = JsonMapper.builder().build();
  static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

  private Policies() {}

  static String text(String name) {
    try (InputStream in = Policies.class.getResourceAsStream("/policies/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }

  /** JSON with single quotes for double ones. */
  static JsonNode json(String text) {
    return JSON.readTree(text.replace('\'', '"'));
  }

  static RegoEngine engine(String source) {
    return RegoEngine.builder().module("test.rego", source).build();
  }

  /**
   * The rule {@code r} of a module whose package is {@code t}; the text "undefined" where it has no
   * value.
   */
  static String value(String body, JsonNode input) {
    return engine("package t\n" + body)
        .evaluate("data.t.r", input, NOTHING)
        .value()
        .map(JsonNode::toString)
        .orElse("undefined");
  }

  static String value(String body) {
    return value(body, NOTHING);
  }
}
