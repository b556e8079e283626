package dev.cocolab.cli.kbs;

import java.util.Base64;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reference values on their way to the broker, for the extractor {@code sample}. */
final class SampleMessage {
  private SampleMessage() {}

  /** The body of a request, from an object of name to value. */
  static byte[] of(ObjectNode values) {
    JsonMapper json = JsonMapper.shared();
    String payload = Base64.getEncoder().encodeToString(json.writeValueAsBytes(values));
    return json.writeValueAsBytes(
        json.createObjectNode()
            .put("payload", payload)
            .put("type", "sample")
            .put("version", "0.1.0"));
  }
}
