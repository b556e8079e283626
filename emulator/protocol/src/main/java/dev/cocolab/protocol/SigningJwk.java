package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPrivateKeySpec;
import java.util.Base64;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The key pair that signs sealed secrets: P-256 as JWK (RFC 7517) with the members {@code kty},
 * {@code crv}, {@code alg}, {@code use}, {@code kid}, {@code d} in the private one, {@code x},
 * {@code y}, as upstream's tool {@code secret keygen} writes them.
 */
public final class SigningJwk {
  private static final EcCurve CURVE = EcCurve.P_256;
  private static final String JWK = "JWK";

  /** Signed and verified to see whether the halves of a key belong together. */
  private static final byte[] PROBE = "cocolab".getBytes(StandardCharsets.US_ASCII);

  private final String keyId;
  private final ECPrivateKey privateKey;
  private final ECPublicKey publicKey;

  private SigningJwk(String keyId, ECPrivateKey privateKey, ECPublicKey publicKey) {
    this.keyId = keyId;
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /**
   * A new key pair.
   *
   * @param keyId the member {@code kid} of both JWKs; guests do not look at it
   */
  public static SigningJwk generate(String keyId, SecureRandom random) {
    KeyPair pair = TeeKeyPair.generate(CURVE, random);
    return new SigningJwk(
        Objects.requireNonNull(keyId, "keyId"),
        (ECPrivateKey) pair.getPrivate(),
        (ECPublicKey) pair.getPublic());
  }

  /**
   * Reads a private JWK; a missing {@code kid} is empty.
   *
   * @throws ProtocolException MALFORMED if it is no JSON object or lacks a member, {@code d} of a
   *     public key among them; UNSUPPORTED_KEY for another curve; BAD_KEY for numbers that do not
   *     belong together
   */
  public static SigningJwk parse(byte[] json) {
    JsonNode jwk = Json.read(json, JWK);
    if (!"EC".equals(jwk.path("kty").asString(""))
        || !CURVE.jwkName().equals(jwk.path("crv").asString(""))) {
      throw new ProtocolException(Reason.UNSUPPORTED_KEY, "JWK is no EC key on P-256");
    }
    if (!jwk.path("d").isString()) {
      throw new ProtocolException(
          Reason.MALFORMED, "JWK has no string member `d`: it is no private key");
    }
    ECPublicKey publicKey = CURVE.publicKey(Json.string(jwk, "x", JWK), Json.string(jwk, "y", JWK));
    SigningJwk key =
        new SigningJwk(
            jwk.path("kid").asString(""), privateKey(Json.string(jwk, "d", JWK)), publicKey);
    key.requirePair();
    return key;
  }

  private static ECPrivateKey privateKey(String d) {
    try {
      byte[] scalar = Base64.getUrlDecoder().decode(d);
      return (ECPrivateKey)
          KeyFactory.getInstance("EC")
              .generatePrivate(new ECPrivateKeySpec(new BigInteger(1, scalar), CURVE.parameters()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ProtocolException(Reason.BAD_KEY, "the JWK's member `d` is no P-256 scalar", e);
    }
  }

  private void requirePair() {
    boolean fits;
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(privateKey);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(PROBE);
      fits = signature.verify(signed);
    } catch (GeneralSecurityException e) {
      throw new ProtocolException(Reason.BAD_KEY, "the JWK's member `d` is no P-256 scalar", e);
    }
    if (!fits) {
      throw new ProtocolException(
          Reason.BAD_KEY, "the JWK's private and public half do not belong together");
    }
  }

  /** What signs. */
  ECPrivateKey privateKey() {
    return privateKey;
  }

  /** The private JWK, UTF-8 without a line feed. A secret. */
  public byte[] privateJwk() {
    return jwk(true);
  }

  /** The public JWK, UTF-8 without a line feed: what the broker hands to guests. */
  public byte[] publicJwk() {
    return jwk(false);
  }

  private byte[] jwk(boolean withPrivateHalf) {
    ObjectNode jwk = Json.object();
    jwk.put("kty", "EC").put("crv", CURVE.jwkName()).put("alg", "ES256").put("use", "sig");
    jwk.put("kid", keyId);
    if (withPrivateHalf) {
      jwk.put("d", CURVE.encode(privateKey.getS()));
    }
    jwk.put("x", CURVE.encode(publicKey.getW().getAffineX()));
    jwk.put("y", CURVE.encode(publicKey.getW().getAffineY()));
    return Json.write(jwk);
  }

  /** Shows the public half only. */
  @Override
  public String toString() {
    return "SigningJwk[" + new String(publicJwk(), StandardCharsets.UTF_8) + "]";
  }
}
