package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The public key of a guest as a JWK with exactly the members that are hashed.
 *
 * <p>Only the form is checked here, as the broker does when it reads an attestation; whether the
 * numbers are a key shows when something is encrypted for it.
 */
public sealed interface TeePublicKey {
  /** The key agreement of EC keys. */
  String ECDH_ES_A256KW = "ECDH-ES+A256KW";

  /** The key transport of RSA keys. */
  String RSA_OAEP_256 = "RSA-OAEP-256";

  /**
   * An elliptic-curve key.
   *
   * @param curve {@code P-256} or {@code P-521}
   * @param algorithm {@link #ECDH_ES_A256KW}
   * @param x coordinate in base64url without padding, full length
   * @param y coordinate likewise
   */
  record Ec(String curve, String algorithm, String x, String y) implements TeePublicKey {
    /** Checks that nothing is missing. */
    public Ec {
      Objects.requireNonNull(curve, "curve");
      Objects.requireNonNull(algorithm, "algorithm");
      Objects.requireNonNull(x, "x");
      Objects.requireNonNull(y, "y");
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode out = Json.object();
      out.put("kty", "EC").put("crv", curve).put("alg", algorithm).put("x", x).put("y", y);
      return out;
    }
  }

  /**
   * An RSA key.
   *
   * @param algorithm {@link #RSA_OAEP_256} or the deprecated {@code RSA1_5}
   * @param modulus in base64url without padding
   * @param exponent likewise
   */
  record Rsa(String algorithm, String modulus, String exponent) implements TeePublicKey {
    /** Checks that nothing is missing. */
    public Rsa {
      Objects.requireNonNull(algorithm, "algorithm");
      Objects.requireNonNull(modulus, "modulus");
      Objects.requireNonNull(exponent, "exponent");
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode out = Json.object();
      out.put("kty", "RSA").put("alg", algorithm).put("n", modulus).put("e", exponent);
      return out;
    }
  }

  /** The JWK, with the listed members only. */
  ObjectNode toJson();

  /**
   * Reads a JWK; members beyond those of its type are dropped, as upstream drops them.
   *
   * @throws ProtocolException MALFORMED for missing members, UNSUPPORTED_KEY for other key types
   */
  static TeePublicKey parse(JsonNode jwk) {
    String type = Json.string(jwk, "kty", "tee-pubkey");
    return switch (type) {
      case "EC" ->
          new Ec(
              Json.string(jwk, "crv", "tee-pubkey"),
              Json.string(jwk, "alg", "tee-pubkey"),
              Json.string(jwk, "x", "tee-pubkey"),
              Json.string(jwk, "y", "tee-pubkey"));
      case "RSA" ->
          new Rsa(
              Json.string(jwk, "alg", "tee-pubkey"),
              Json.string(jwk, "n", "tee-pubkey"),
              Json.string(jwk, "e", "tee-pubkey"));
      default ->
          throw new ProtocolException(
              Reason.UNSUPPORTED_KEY, "key type `" + type + "` is not supported");
    };
  }
}
