package dev.cocolab.evidence.hcl;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import dev.cocolab.evidence.StrictBase64;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Finds the attestation key among the JWKs of the variable data. As in Azure's library every key of
 * the list must be readable, and the first with the right name counts.
 */
final class JsonWebKeys {

  /** RFC 7517, section 4.3. */
  private static final Set<String> OPERATIONS =
      Set.of(
          "sign",
          "verify",
          "encrypt",
          "decrypt",
          "wrapKey",
          "unwrapKey",
          "deriveKey",
          "deriveBits");

  private static final String EXPONENT = "AQAB";

  private JsonWebKeys() {}

  static RSAPublicKey attestationKey(JsonNode variableData) {
    JsonNode keys = variableData.path("keys");
    if (!keys.isArray()) {
      throw EvidenceException.because(Refusal.AK_ABSENT, "missing field `keys`");
    }
    Optional<JsonNode> found = Optional.empty();
    for (JsonNode key : keys) {
      checkReadable(key);
      if (found.isEmpty() && VariableData.AK_ID.equals(key.path("kid").asString(""))) {
        found = Optional.of(key);
      }
    }
    return publicKey(
        found.orElseThrow(() -> EvidenceException.because(Refusal.AK_ABSENT, "AkPub not found")));
  }

  private static void checkReadable(JsonNode key) {
    if (!key.isObject()) {
      throw unreadable("a key is not an object");
    }
    if (key.has("kid") && !key.path("kid").isString() && !key.path("kid").isNull()) {
      throw unreadable("kid is not a string");
    }
    JsonNode operations = key.path("key_ops");
    if (!operations.isMissingNode() && !operations.isArray()) {
      throw unreadable("key_ops is not a list");
    }
    for (JsonNode operation : operations) {
      if (!operation.isString() || !OPERATIONS.contains(operation.asString())) {
        throw unreadable("unknown key operation");
      }
    }
    switch (key.path("kty").asString("")) {
      case "RSA" -> {
        base64(key, "n");
        if (!EXPONENT.equals(key.path("e").asString(""))) {
          throw unreadable("public exponent is not AQAB");
        }
      }
      case "EC" -> {
        base64(key, "x");
        base64(key, "y");
      }
      case "oct" -> base64(key, "k");
      default -> throw unreadable("unknown key type");
    }
  }

  private static RSAPublicKey publicKey(JsonNode key) {
    if (!"RSA".equals(key.path("kty").asString(""))) {
      throw EvidenceException.because(Refusal.AK_MALFORMED, "not an RSA key");
    }
    try {
      BigInteger modulus = new BigInteger(1, base64(key, "n"));
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
    } catch (GeneralSecurityException e) {
      throw EvidenceException.because(Refusal.AK_MALFORMED, "not an RSA key");
    }
  }

  private static byte[] base64(JsonNode key, String field) {
    JsonNode value = key.path(field);
    return Optional.of(value)
        .filter(JsonNode::isString)
        .flatMap(text -> StrictBase64.decodeUrlUnpadded(text.asString()))
        .orElseThrow(() -> unreadable(field + " is not base64url"));
  }

  private static EvidenceException unreadable(String cause) {
    return EvidenceException.because(Refusal.AK_ABSENT, cause);
  }
}
