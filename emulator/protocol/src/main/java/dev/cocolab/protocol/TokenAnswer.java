package dev.cocolab.protocol;

import java.util.Objects;

/**
 * The answer to an {@link Attestation}: the attestation token.
 *
 * @param token a JWS in compact form
 */
public record TokenAnswer(String token) {
  /** Checks that nothing is missing. */
  public TokenAnswer {
    Objects.requireNonNull(token, "token");
  }

  /**
   * Reads the answer.
   *
   * @throws ProtocolException MALFORMED
   */
  public static TokenAnswer parse(byte[] json) {
    return new TokenAnswer(Json.string(Json.read(json, "attest answer"), "token", "attest answer"));
  }

  /** Compact JSON. */
  public byte[] toJson() {
    return Json.write(Json.object().put("token", token));
  }

  /** Leaves the token out: whoever holds it can ask for resources. */
  @Override
  public String toString() {
    return "TokenAnswer[token of " + token.length() + " characters]";
  }
}
