package dev.cocolab.protocol;

import dev.cocolab.protocol.SealedSecretException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A signed pointer to a secret: {@code sealed.<header>.<payload>.<signature>}, a JWS in compact
 * form (RFC 7515) behind a prefix. Parts are base64url without padding; the signature is ES256 (RFC
 * 7518, section 3.4), 64 bytes r and s, over {@code <header>.<payload>} in ASCII.
 *
 * <p>Reading follows the confidential data hub since v0.18, in its order, so that a broken pointer
 * costs the same requests: the signer's key is asked for before the payload is looked at.
 */
public final class SealedSecret {
  /** What every sealed secret begins with. */
  public static final String PREFIX = "sealed.";

  private static final String ES256 = "ES256";
  private static final String JCA_ES256 = "SHA256withECDSAinP1363Format";
  private static final String BAD_PAYLOAD = "Failed to parse sealed secret payload";
  private static final int PARTS = 3;

  private final String keyId;
  private final Optional<String> algorithm;
  private final String signingInput;
  private final String payload;
  private final String signature;

  private SealedSecret(
      String keyId,
      Optional<String> algorithm,
      String signingInput,
      String payload,
      String signature) {
    this.keyId = keyId;
    this.algorithm = algorithm;
    this.signingInput = signingInput;
    this.payload = payload;
    this.signature = signature;
  }

  /**
   * Signs a pointer of type {@code vault}.
   *
   * @param key P-256
   * @param keyId where the guest finds the signer's public JWK, {@code kbs:///default/…}
   * @param resource what the pointer stands for, a {@code kbs://} URI
   * @return the whole text, without a line feed
   */
  public static String seal(ECPrivateKey key, String keyId, String resource) {
    return seal(key, keyId, SealedPayload.Vault.ofBroker(resource));
  }

  /**
   * Signs a payload.
   *
   * @param keyId where the guest finds the signer's public JWK: a {@code kbs://} URI, or the name
   *     of a file in the VM image
   * @return the whole text, without a line feed
   */
  public static String seal(SigningJwk key, String keyId, SealedPayload payload) {
    return seal(key.privateKey(), keyId, payload);
  }

  private static String seal(ECPrivateKey key, String keyId, SealedPayload payload) {
    Objects.requireNonNull(keyId, "keyId");
    String input =
        encode(Json.write(Json.object().put("alg", ES256).put("kid", keyId)))
            + "."
            + encode(payload.document());
    try {
      Signature signer = Signature.getInstance(JCA_ES256);
      signer.initSign(key);
      signer.update(input.getBytes(StandardCharsets.US_ASCII));
      return PREFIX + input + "." + encode(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new SealedSecretException(Reason.BAD_KEY, "the signing key is no P-256 private key", e);
    }
  }

  /**
   * A payload that nobody signed, as tools before v0.18 wrote it. Guests take it only where {@code
   * skip_sealed_secret_verification} is set.
   */
  public static String unsigned(SealedPayload payload) {
    return PREFIX + "fakejwsheader." + encode(payload.document()) + ".fakesignature";
  }

  /**
   * Reads the header. Whether the pointer can be trusted shows {@link #verify}.
   *
   * @throws SealedSecretException NOT_A_JWS, NO_KEY_ID or NO_ALGORITHM
   */
  public static SealedSecret parse(String text) {
    String rest = text;
    while (rest.startsWith(PREFIX)) {
      rest = rest.substring(PREFIX.length());
    }
    String[] parts = rest.split("\\.", -1);
    if (parts.length != PARTS) {
      throw new SealedSecretException(Reason.NOT_A_JWS, "Failed to parse JWS");
    }
    JsonNode header = header(parts[0]);
    String keyId =
        member(header, "kid")
            .orElseThrow(() -> new SealedSecretException(Reason.NO_KEY_ID, "Could not find kid"));
    Optional<String> algorithm = member(header, "alg");
    if (algorithm.isEmpty()) {
      throw new SealedSecretException(Reason.NO_ALGORITHM, "Could not get algorithm");
    }
    return new SealedSecret(keyId, algorithm, parts[0] + "." + parts[1], parts[1], parts[2]);
  }

  /**
   * Reads the pointer of a text whose header and signature are not looked at: what guests do when
   * {@code skip_sealed_secret_verification} is set.
   *
   * @throws SealedSecretException NOT_A_JWS or those of {@link #verify} for the payload
   */
  public static VaultPointer parseUnverified(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != PARTS + 1) {
      throw new SealedSecretException(Reason.NOT_A_JWS, "malformed input sealed secret");
    }
    return pointer(parts[2]);
  }

  /** Where the signer's public key is: a {@code kbs://} URI, or a file name in the VM image. */
  public String keyId() {
    return keyId;
  }

  /**
   * Checks the signature, then reads the pointer.
   *
   * @param jwk the signer's public key as the broker delivered it; a private JWK is accepted too
   * @throws SealedSecretException OTHER_ALGORITHM, BAD_KEY, BAD_SIGNATURE, BAD_PAYLOAD,
   *     OTHER_VERSION or UNSUPPORTED
   */
  public VaultPointer verify(byte[] jwk) {
    return VaultPointer.parse(verifiedPayload(jwk));
  }

  /**
   * Checks the signature, and leaves the payload unread.
   *
   * @param jwk the signer's key, as for {@link #verify}
   * @return the payload, JSON if a tool made it
   * @throws SealedSecretException OTHER_ALGORITHM, BAD_KEY, BAD_SIGNATURE, or BAD_PAYLOAD for one
   *     that is no base64url
   */
  public byte[] verifiedPayload(byte[] jwk) {
    if (!algorithm.equals(Optional.of(ES256))) {
      throw new SealedSecretException(
          Reason.OTHER_ALGORITHM, "Signing key error: JWS algorithm must be ES256");
    }
    PublicKey key = publicKey(jwk);
    try {
      Signature verifier = Signature.getInstance(JCA_ES256);
      verifier.initVerify(key);
      verifier.update(signingInput.getBytes(StandardCharsets.US_ASCII));
      if (!verifier.verify(decode(signature, Reason.BAD_SIGNATURE, "Signature Error"))) {
        throw new SealedSecretException(Reason.BAD_SIGNATURE, "Signature Error: signature error");
      }
    } catch (GeneralSecurityException e) {
      throw new SealedSecretException(Reason.BAD_SIGNATURE, "Signature Error: signature error", e);
    }
    return decode(payload, Reason.BAD_PAYLOAD, BAD_PAYLOAD);
  }

  private static PublicKey publicKey(byte[] jwk) {
    try {
      JsonNode key = Json.read(jwk, "JWK");
      if (!"EC".equals(key.path("kty").asString(""))
          || !EcCurve.P_256.jwkName().equals(key.path("crv").asString(""))) {
        throw new SealedSecretException(Reason.BAD_KEY, "Signing key error: Key must be P256");
      }
      return EcCurve.P_256.publicKey(Json.string(key, "x", "JWK"), Json.string(key, "y", "JWK"));
    } catch (ProtocolException e) {
      throw new SealedSecretException(Reason.BAD_KEY, "Signing key error: " + e.getMessage(), e);
    }
  }

  private static JsonNode header(String part) {
    try {
      JsonNode header =
          Json.read(decode(part, Reason.NOT_A_JWS, "Failed to parse JWS"), "JWS header");
      if (header instanceof ObjectNode) {
        return header;
      }
    } catch (ProtocolException e) {
      throw new SealedSecretException(Reason.NOT_A_JWS, "Failed to parse JWS", e);
    }
    throw new SealedSecretException(Reason.NOT_A_JWS, "Failed to parse JWS");
  }

  private static Optional<String> member(JsonNode object, String name) {
    return object.path(name).isString()
        ? Optional.of(object.path(name).asString())
        : Optional.empty();
  }

  private static VaultPointer pointer(String part) {
    return VaultPointer.parse(decode(part, Reason.BAD_PAYLOAD, BAD_PAYLOAD));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The URL-safe alphabet without padding and nothing else: Java alone would take padding. */
  private static byte[] decode(String part, Reason reason, String text) {
    if (part.indexOf('=') >= 0) {
      throw new SealedSecretException(reason, text + ": padded base64");
    }
    try {
      return Base64.getUrlDecoder().decode(part);
    } catch (IllegalArgumentException e) {
      throw new SealedSecretException(reason, text, e);
    }
  }
}
