package dev.cocolab.evidence.eventlog;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The parts of an event of the attestation agent, as claims. */
final class AgentEventClaims {

  /** Deeper content is a text to Trustee. */
  private static final int MAX_DEPTH = 127;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private AgentEventClaims() {}

  static ObjectNode of(String text) {
    int first = text.indexOf(' ');
    if (first < 0) {
      throw EventLog.malformed("No space found in event string");
    }
    int second = text.indexOf(' ', first + 1);
    if (second < 0) {
      throw EventLog.malformed("No second space found in event string");
    }
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims.put("domain", text.substring(0, first));
    claims.put("operation", text.substring(first + 1, second));
    claims.set("content", content(text.substring(second + 1)));
    return claims;
  }

  /** As JSON where it is JSON that can be written again, and as a text otherwise. */
  private static JsonNode content(String text) {
    try {
      JsonNode json = JSON.readTree(text);
      if (!json.isMissingNode() && isFinite(json)) {
        return json;
      }
    } catch (JacksonException e) {
      // A text is as good a content as any.
    }
    return JsonNodeFactory.instance.stringNode(text);
  }

  private static boolean isFinite(JsonNode json) {
    if (json.isFloatingPointNumber()) {
      return Double.isFinite(json.doubleValue());
    }
    for (JsonNode child : json) {
      if (!isFinite(child)) {
        return false;
      }
    }
    return true;
  }
}
