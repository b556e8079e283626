package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON reading and writing with one set of strict switches. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Reads one JSON document; names {@code what} when it is none. */
  static JsonNode read(byte[] json, String what) {
    try {
      JsonNode value = MAPPER.readTree(json);
      if (value.isMissingNode()) {
        throw new ProtocolException(Reason.MALFORMED, what + " is empty");
      }
      return value;
    } catch (JacksonException e) {
      throw new ProtocolException(
          Reason.MALFORMED, what + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  static byte[] write(JsonNode value) {
    return value.toString().getBytes(StandardCharsets.UTF_8);
  }

  static String string(JsonNode object, String member, String what) {
    JsonNode value = object.path(member);
    if (!value.isString()) {
      throw new ProtocolException(
          Reason.MALFORMED, what + " has no string member `" + member + "`");
    }
    return value.asString();
  }

  static JsonNode member(JsonNode object, String member, String what) {
    JsonNode value = object.path(member);
    if (value.isMissingNode()) {
      throw new ProtocolException(Reason.MALFORMED, what + " has no member `" + member + "`");
    }
    return value;
  }
}
