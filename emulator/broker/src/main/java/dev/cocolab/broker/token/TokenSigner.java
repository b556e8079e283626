package dev.cocolab.broker.token;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.protocol.Profile.TokenDialect;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.math.ec.ECPoint;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Signs attestation tokens: JWS compact, ES256, the public key as JWK in the header. */
public final class TokenSigner {
  private static final int COORDINATE_BYTES = 32;

  private final ECPrivateKey key;
  private final ObjectNode jwk;
  private final SecureRandom random;
  private final String header;

  private TokenSigner(ECPrivateKey key, ObjectNode jwk, SecureRandom random) {
    this.key = key;
    this.jwk = jwk.deepCopy();
    this.random = random;
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("typ", "JWT").put("alg", "ES256").set("jwk", jwk);
    this.header = encode(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A signer with a fresh key and no certificate. */
  public static TokenSigner ephemeral(SecureRandom random, TokenDialect dialect) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      ECPublicKey publicKey = (ECPublicKey) pair.getPublic();
      ObjectNode jwk = jwk(publicKey.getW().getAffineX(), publicKey.getW().getAffineY(), dialect);
      return new TokenSigner((ECPrivateKey) pair.getPrivate(), jwk, random);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("P-256 is part of every JDK", e);
    }
  }

  /**
   * A signer with the key of a file.
   *
   * @param keyName path inside the container, for messages
   * @param keyFile where it really is
   * @param chain certificates for {@code x5c}; empty for none
   * @param url value of {@code x5u}
   * @throws BrokerException FILE, or KEY when it is not an EC P-256 key
   */
  public static TokenSigner of(
      String keyName,
      Path keyFile,
      List<X509Certificate> chain,
      Optional<String> url,
      SecureRandom random,
      TokenDialect dialect) {
    PrivateKey key = Pem.privateKey(keyName, keyFile);
    if (!(key instanceof ECPrivateKey ec) || !isP256(ec.getParams())) {
      throw new BrokerException(
          Reason.KEY, keyName + ": Only P-256 attestation token signing keys are supported");
    }
    ECPoint point =
        ECNamedCurveTable.getParameterSpec("P-256").getG().multiply(ec.getS()).normalize();
    ObjectNode jwk =
        jwk(
            point.getAffineXCoord().toBigInteger(),
            point.getAffineYCoord().toBigInteger(),
            dialect);
    url.ifPresent(value -> jwk.put("x5u", value));
    if (!chain.isEmpty()) {
      ArrayNode x5c = jwk.putArray("x5c");
      Base64.Encoder encoder =
          dialect.standardX5c() ? Base64.getEncoder() : Base64.getUrlEncoder().withoutPadding();
      chain.forEach(certificate -> x5c.add(encoder.encodeToString(der(certificate))));
    }
    return new TokenSigner(ec, jwk, random);
  }

  /** The set of the one key that verifies the tokens (RFC 7517, section 5). */
  public ObjectNode jwks() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.putArray("keys").add(jwk.deepCopy());
    return out;
  }

  /** The compact JWS of a payload. */
  public String sign(JsonNode payload) {
    String input = header + "." + encode(payload.toString().getBytes(StandardCharsets.UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key, random);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return input + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new BrokerException(Reason.KEY, "the token signing key cannot sign", e);
    }
  }

  private static boolean isP256(ECParameterSpec parameters) {
    return parameters != null
        && parameters.getOrder().equals(ECNamedCurveTable.getParameterSpec("P-256").getN());
  }

  private static ObjectNode jwk(BigInteger x, BigInteger y, TokenDialect dialect) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("alg", "ES256").put("crv", "P-256").put("kty", "EC");
    out.put("x", coordinate(x, dialect)).put("y", coordinate(y, dialect));
    return out;
  }

  private static String coordinate(BigInteger value, TokenDialect dialect) {
    byte[] raw = value.toByteArray();
    int start = raw.length > 1 && raw[0] == 0 ? 1 : 0;
    int length = raw.length - start;
    byte[] out = new byte[dialect.paddedCoordinates() ? COORDINATE_BYTES : length];
    System.arraycopy(raw, start, out, out.length - length, length);
    return encode(out);
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new BrokerException(Reason.KEY, "a certificate cannot be encoded", e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
