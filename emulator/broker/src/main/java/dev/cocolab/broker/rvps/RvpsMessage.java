package dev.cocolab.broker.rvps;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message that registers reference values: {@code {"version", "type", "payload"}}.
 *
 * @param type name of the extractor: {@code sample}, {@code swid} or {@code corim}
 * @param payload the manifest in standard base64
 */
public record RvpsMessage(String type, String payload) {
  /** The version of messages and of stored values. */
  public static final String VERSION = "0.1.0";

  private static final Map<String, Extractor> EXTRACTORS =
      Map.of(
          "sample", new SampleExtractor(),
          "swid", new SwidExtractor(),
          "corim", new CorimExtractor());
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Checks that nothing is missing. */
  public RvpsMessage {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(payload, "payload");
  }

  /**
   * Reads a message. {@code version} may be absent.
   *
   * @throws BrokerException REFERENCE_VALUES with upstream's text
   */
  public static RvpsMessage parse(String json) {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new BrokerException(
          Reason.REFERENCE_VALUES,
          "parse message",
          Extractor.refused(String.valueOf(e.getOriginalMessage())));
    }
    JsonNode version = root.path("version");
    if (!(version.isMissingNode() || version.isString())) {
      throw malformed("version");
    }
    String payload = text(root, "payload");
    String type = text(root, "type");
    if (!version.asString(VERSION).equals(VERSION)) {
      throw Extractor.refused(
          "Version unmatched! Need " + VERSION + ", given " + version.asString() + ".");
    }
    return new RvpsMessage(type, payload);
  }

  private static String text(JsonNode root, String member) {
    JsonNode value = root.path(member);
    if (!value.isString()) {
      throw malformed(member);
    }
    return value.asString();
  }

  private static BrokerException malformed(String member) {
    return new BrokerException(
        Reason.REFERENCE_VALUES,
        "parse message",
        Extractor.refused("member `" + member + "` must be a string"));
  }

  /**
   * The values that the manifest holds, by name; of two with the same name the last counts.
   *
   * @throws BrokerException REFERENCE_VALUES
   */
  public Map<String, JsonNode> extract() {
    Extractor extractor = EXTRACTORS.get(type);
    if (extractor == null) {
      throw Extractor.refused("Could not find extractor for " + type);
    }
    Map<String, JsonNode> out = new LinkedHashMap<>();
    for (Extractor.Extracted one : extractor.extract(Extractor.decode(payload))) {
      out.put(one.name(), one.value());
    }
    return out;
  }
}
