package dev.cocolab.broker.restful;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads members of a body. */
final class Body {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Body() {}

  /** The body as JSON object. */
  static JsonNode object(byte[] body) {
    try {
      JsonNode root = MAPPER.readTree(body);
      if (root.isObject()) {
        return root;
      }
    } catch (JacksonException e) {
      throw malformed(String.valueOf(e.getOriginalMessage()));
    }
    throw malformed("invalid type: expected a JSON object");
  }

  static String text(JsonNode object, String member) {
    JsonNode value = object.path(member);
    if (value.isMissingNode()) {
      throw malformed("missing field `" + member + "`");
    }
    if (!value.isString()) {
      throw malformed("invalid type for `" + member + "`: expected a string");
    }
    return value.asString();
  }

  /** A list, whose elements are for the caller to check. */
  static JsonNode list(JsonNode object, String member) {
    JsonNode value = object.path(member);
    if (value.isMissingNode()) {
      throw malformed("missing field `" + member + "`");
    }
    if (!value.isArray()) {
      throw malformed("invalid type for `" + member + "`: expected a sequence");
    }
    return value;
  }

  /** A member that may be absent or null. */
  static boolean given(JsonNode object, String member) {
    return object.hasNonNull(member);
  }

  /** A body that is not what its endpoint takes. */
  static BrokerException malformed(String text) {
    return new BrokerException(Reason.MALFORMED, text);
  }

  /**
   * Base64 with the URL-safe alphabet and without padding.
   *
   * @param context what upstream says was being decoded
   * @throws BrokerException HANDSHAKE
   */
  static byte[] decoded(String base64url, String context) {
    try {
      if (base64url.indexOf('=') >= 0) {
        throw new IllegalArgumentException("Invalid padding");
      }
      return Base64.getUrlDecoder().decode(base64url);
    } catch (IllegalArgumentException e) {
      throw new BrokerException(
          Reason.HANDSHAKE,
          context,
          new BrokerException(Reason.HANDSHAKE, String.valueOf(e.getMessage())));
    }
  }
}
