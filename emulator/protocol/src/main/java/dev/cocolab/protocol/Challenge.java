package dev.cocolab.protocol;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer to a {@link Request}: 74 bytes of compact JSON.
 *
 * @param nonce 32 random bytes in padded base64, 44 characters; used as a string, never decoded
 * @param extraParams the empty string for every TEE that is supported here
 */
public record Challenge(String nonce, JsonNode extraParams) {
  private static final int NONCE_BYTES = 32;

  /** Checks that nothing is missing. */
  public Challenge {
    Objects.requireNonNull(nonce, "nonce");
    Objects.requireNonNull(extraParams, "extraParams");
  }

  /** A challenge with a fresh nonce. */
  public static Challenge fresh(SecureRandom random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return new Challenge(
        Base64.getEncoder().encodeToString(nonce), JsonNodeFactory.instance.stringNode(""));
  }

  /**
   * Reads a challenge.
   *
   * @throws ProtocolException MALFORMED
   */
  public static Challenge parse(byte[] json) {
    JsonNode value = Json.read(json, "Challenge");
    return new Challenge(
        Json.string(value, "nonce", "Challenge"), Json.member(value, "extra-params", "Challenge"));
  }

  /** Compact JSON with the members in upstream's order. */
  public byte[] toJson() {
    ObjectNode out = Json.object();
    out.put("nonce", nonce);
    out.set("extra-params", extraParams);
    return Json.write(out);
  }
}
