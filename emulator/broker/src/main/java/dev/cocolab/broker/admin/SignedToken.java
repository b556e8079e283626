package dev.cocolab.broker.admin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JWS in compact form (RFC 7515, 7.1) whose signature has not been looked at yet.
 *
 * @param header parsed
 * @param payload parsed
 * @param input what is signed
 * @param signature the bytes
 */
@SuppressWarnings("ArrayRecordComponent") // not compared, and not given out
record SignedToken(JsonNode header, JsonNode payload, byte[] input, byte[] signature) {
  private static final int PARTS = 3;
  private static final int LONGEST = 16 * 1024;
  private static final int P256_BITS = 256;
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  SignedToken {
    Objects.requireNonNull(header, "header");
    Objects.requireNonNull(payload, "payload");
  }

  /** Reads a token; empty when it is none. */
  static Optional<SignedToken> parse(String token) {
    String[] parts = token.split("\\.", -1);
    if (token.length() > LONGEST || parts.length != PARTS) {
      return Optional.empty();
    }
    try {
      Base64.Decoder base64 = Base64.getUrlDecoder();
      JsonNode header = STRICT.readTree(base64.decode(parts[0]));
      JsonNode payload = STRICT.readTree(base64.decode(parts[1]));
      byte[] input = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
      return header.isObject() && payload.isObject() && !header.has("crit")
          ? Optional.of(new SignedToken(header, payload, input, base64.decode(parts[2])))
          : Optional.empty();
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Name of the algorithm in the header. */
  String algorithm() {
    return header.path("alg").asString("");
  }

  /**
   * Whether the key made the signature by an algorithm that goes with it (RFC 7518, 3.1; RFC 8037).
   *
   * @param algorithm {@code EdDSA}, {@code ES256}, {@code ES384}, {@code RS*} or {@code PS*}
   */
  boolean isSignedBy(PublicKey key, String algorithm) {
    try {
      Optional<Signature> verifier = verifier(key, algorithm);
      if (verifier.isEmpty()) {
        return false;
      }
      verifier.get().initVerify(key);
      verifier.get().update(input);
      return verifier.get().verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // an answer, not a failure
    }
  }

  private static Optional<Signature> verifier(PublicKey key, String algorithm)
      throws GeneralSecurityException {
    if (key instanceof EdECPublicKey && algorithm.equals("EdDSA")) {
      return Optional.of(Signature.getInstance("Ed25519"));
    }
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      String fitting = bits == P256_BITS ? "ES256" : "ES384";
      return fitting.equals(algorithm)
          ? Optional.of(
              Signature.getInstance("SHA" + algorithm.substring(2) + "withECDSAinP1363Format"))
          : Optional.empty();
    }
    if (key instanceof RSAPublicKey && algorithm.matches("RS(256|384|512)")) {
      return Optional.of(Signature.getInstance("SHA" + algorithm.substring(2) + "withRSA"));
    }
    if (key instanceof RSAPublicKey && algorithm.matches("PS(256|384|512)")) {
      int bits = Integer.parseInt(algorithm.substring(2));
      Signature pss = Signature.getInstance("RSASSA-PSS");
      pss.setParameter(
          new PSSParameterSpec(
              "SHA-" + bits,
              "MGF1",
              new MGF1ParameterSpec("SHA-" + bits),
              bits / Byte.SIZE,
              PSSParameterSpec.TRAILER_FIELD_BC));
      return Optional.of(pss);
    }
    return Optional.empty();
  }
}
