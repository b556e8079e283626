package dev.cocolab.broker.restful;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/**
 * Body of {@code POST /policy}.
 *
 * @param id policy id with the TEE's class, for instance {@code default_cpu}
 * @param policy the Rego text in URL-safe base64 without padding
 */
public record PolicyCall(String id, String policy) {
  /**
   * Reads a body.
   *
   * @throws BrokerException MALFORMED naming the member
   */
  public static PolicyCall parse(byte[] body) {
    JsonNode root = Body.object(body);
    return new PolicyCall(Body.text(root, "policy_id"), Body.text(root, "policy"));
  }

  /**
   * The Rego text.
   *
   * @throws BrokerException HANDSHAKE for wrong base64; POLICY_SYNTAX for what is not UTF-8
   */
  public String source() {
    byte[] utf8 = Body.decoded(policy, "decode policy");
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new BrokerException(Reason.POLICY_SYNTAX, "the policy is not UTF-8", e);
    }
  }
}
