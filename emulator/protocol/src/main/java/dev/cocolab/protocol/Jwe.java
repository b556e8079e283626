package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A resource on its way to a guest: flattened JWE JSON (RFC 7516, section 7.2.2), content encrypted
 * with A256GCM. All members are base64url without padding; the associated data are the characters
 * of {@code protectedHeader}.
 *
 * <p>Upstream's guest re-serialises the header before it authenticates it: compact, {@code alg},
 * {@code enc}, then the rest in alphabetical order. Headers made here are exactly in that form.
 */
public record Jwe(
    String protectedHeader, String encryptedKey, String iv, String ciphertext, String tag) {
  private static final int CEK_BYTES = 32;
  private static final int IV_BYTES = 12;
  private static final int TAG_BYTES = 16;

  /** Checks that nothing is missing. */
  public Jwe {
    Objects.requireNonNull(protectedHeader, "protectedHeader");
    Objects.requireNonNull(encryptedKey, "encryptedKey");
    Objects.requireNonNull(iv, "iv");
    Objects.requireNonNull(ciphertext, "ciphertext");
    Objects.requireNonNull(tag, "tag");
  }

  /**
   * Encrypts for a guest's key, with a fresh content key, vector and (for EC) ephemeral key.
   *
   * @throws ProtocolException UNSUPPORTED_KEY or BAD_KEY
   */
  public static Jwe seal(TeePublicKey recipient, byte[] plaintext, SecureRandom random) {
    byte[] cek = bytes(random, CEK_BYTES);
    byte[] iv = bytes(random, IV_BYTES);
    try {
      if (recipient instanceof TeePublicKey.Ec key) {
        KeyPair ephemeral = TeeKeyPair.generate(curve(key.curve(), key.algorithm()), random);
        return sealEc(key, ephemeral, cek, iv, plaintext);
      }
      return sealRsa((TeePublicKey.Rsa) recipient, cek, iv, plaintext);
    } finally {
      Arrays.fill(cek, (byte) 0);
    }
  }

  static Jwe sealEc(
      TeePublicKey.Ec recipient, KeyPair ephemeral, byte[] cek, byte[] iv, byte[] plaintext) {
    EcCurve curve = curve(recipient.curve(), recipient.algorithm());
    ECPublicKey peer = curve.publicKey(recipient.x(), recipient.y());
    ECPublicKey own = (ECPublicKey) ephemeral.getPublic();
    ObjectNode header = header(recipient.algorithm());
    header
        .putObject("epk")
        .put("crv", curve.jwkName())
        .put("kty", "EC")
        .put("x", curve.encode(own.getW().getAffineX()))
        .put("y", curve.encode(own.getW().getAffineY()));
    try {
      Cipher wrap = Cipher.getInstance("AESWrap");
      wrap.init(
          Cipher.WRAP_MODE,
          KeyAgreement256.keyEncryptionKey((ECPrivateKey) ephemeral.getPrivate(), peer));
      return encrypt(header, wrap.wrap(new SecretKeySpec(cek, "AES")), cek, iv, plaintext);
    } catch (GeneralSecurityException e) {
      throw new ProtocolException(Reason.BAD_KEY, "the key cannot be used for ECDH", e);
    }
  }

  private static Jwe sealRsa(TeePublicKey.Rsa key, byte[] cek, byte[] iv, byte[] plaintext) {
    try {
      var rsa =
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(number(key.modulus()), number(key.exponent())));
      Cipher cipher = rsa(key.algorithm(), Cipher.ENCRYPT_MODE, rsa);
      return encrypt(header(key.algorithm()), cipher.doFinal(cek), cek, iv, plaintext);
    } catch (GeneralSecurityException e) {
      throw new ProtocolException(Reason.BAD_KEY, "the RSA key cannot be used", e);
    }
  }

  private static Jwe encrypt(
      ObjectNode header, byte[] encryptedKey, byte[] cek, byte[] iv, byte[] plaintext)
      throws GeneralSecurityException {
    String protectedHeader = encode(Json.write(header));
    Cipher gcm = gcm(Cipher.ENCRYPT_MODE, cek, iv, protectedHeader);
    byte[] sealed = gcm.doFinal(plaintext);
    int length = sealed.length - TAG_BYTES;
    return new Jwe(
        protectedHeader,
        encode(encryptedKey),
        encode(iv),
        encode(Arrays.copyOf(sealed, length)),
        encode(Arrays.copyOfRange(sealed, length, sealed.length)));
  }

  byte[] open(PrivateKey key) {
    JsonNode header = Json.read(decode(protectedHeader, "protected"), "JWE header");
    String algorithm = Json.string(header, "alg", "JWE header");
    Unwrapping unwrapping =
        key instanceof ECPrivateKey ec
            ? ecUnwrapping(ec, header, algorithm)
            : wrapped -> unwrapRsa(key, algorithm, wrapped);
    if (!"A256GCM".equals(Json.string(header, "enc", "JWE header"))) {
      throw unsupported("content", header.path("enc").asString());
    }
    byte[] vector = decode(iv, "iv");
    byte[] mac = decode(tag, "tag");
    if (vector.length != IV_BYTES || mac.length != TAG_BYTES) {
      throw new ProtocolException(Reason.MALFORMED, "`iv` or `tag` has the wrong length");
    }
    byte[] body = decode(ciphertext, "ciphertext");
    byte[] sealed = Arrays.copyOf(body, body.length + TAG_BYTES);
    System.arraycopy(mac, 0, sealed, body.length, TAG_BYTES);
    try {
      byte[] cek = unwrapping.contentKey(decode(encryptedKey, "encrypted_key"));
      return gcm(Cipher.DECRYPT_MODE, cek, vector, protectedHeader).doFinal(sealed);
    } catch (GeneralSecurityException e) {
      throw new ProtocolException(
          Reason.UNDECRYPTABLE, "the answer was not encrypted for this key, or was changed", e);
    }
  }

  /** From the encrypted content key to the content key. */
  private interface Unwrapping {
    byte[] contentKey(byte[] wrapped) throws GeneralSecurityException;
  }

  private static Unwrapping ecUnwrapping(ECPrivateKey key, JsonNode header, String algorithm) {
    JsonNode epk = Json.member(header, "epk", "JWE header");
    EcCurve curve = curve(Json.string(epk, "crv", "epk"), algorithm);
    ECPublicKey peer = curve.publicKey(Json.string(epk, "x", "epk"), Json.string(epk, "y", "epk"));
    return wrapped -> {
      Cipher unwrap = Cipher.getInstance("AESWrap");
      unwrap.init(Cipher.UNWRAP_MODE, KeyAgreement256.keyEncryptionKey(key, peer));
      return unwrap.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
    };
  }

  private static byte[] unwrapRsa(PrivateKey key, String algorithm, byte[] wrapped)
      throws GeneralSecurityException {
    Cipher cipher = rsa(algorithm, Cipher.DECRYPT_MODE, key);
    return cipher.doFinal(wrapped);
  }

  private static Cipher rsa(String algorithm, int mode, Key key) throws GeneralSecurityException {
    switch (algorithm) {
      case TeePublicKey.RSA_OAEP_256 -> {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        // Named in full: the JCA's name for it would leave MGF1 at SHA-1.
        var oaep =
            new OAEPParameterSpec(
                "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);
        cipher.init(mode, key, oaep);
        return cipher;
      }
      case "RSA1_5" -> {
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(mode, key);
        return cipher;
      }
      default -> throw unsupported("RSA", algorithm);
    }
  }

  /**
   * Reads the flattened form; other members are ignored.
   *
   * @throws ProtocolException MALFORMED
   */
  public static Jwe parse(JsonNode json) {
    return new Jwe(
        Json.string(json, "protected", "JWE"),
        Json.string(json, "encrypted_key", "JWE"),
        Json.string(json, "iv", "JWE"),
        Json.string(json, "ciphertext", "JWE"),
        Json.string(json, "tag", "JWE"));
  }

  /** Reads the flattened form from bytes; the errors of {@link #parse(JsonNode)}. */
  public static Jwe parse(byte[] json) {
    return parse(Json.read(json, "JWE"));
  }

  /** Compact JSON with the members in upstream's order. */
  public byte[] toJson() {
    return Json.write(
        Json.object()
            .put("protected", protectedHeader)
            .put("encrypted_key", encryptedKey)
            .put("iv", iv)
            .put("ciphertext", ciphertext)
            .put("tag", tag));
  }

  private static Cipher gcm(int mode, byte[] cek, byte[] iv, String protectedHeader)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(cek, "AES"), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, iv));
    cipher.updateAAD(protectedHeader.getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }

  private static ObjectNode header(String algorithm) {
    return Json.object().put("alg", algorithm).put("enc", "A256GCM");
  }

  private static EcCurve curve(String name, String algorithm) {
    if (!TeePublicKey.ECDH_ES_A256KW.equals(algorithm)) {
      throw unsupported("EC", algorithm);
    }
    return EcCurve.ofJwkName(name).orElseThrow(() -> unsupported("curve", name));
  }

  private static ProtocolException unsupported(String kind, String name) {
    return new ProtocolException(
        Reason.UNSUPPORTED_KEY, kind + " algorithm `" + name + "` is not supported");
  }

  private static BigInteger number(String base64url) {
    return new BigInteger(1, decodeKey(base64url));
  }

  private static byte[] decodeKey(String base64url) {
    try {
      return Base64.getUrlDecoder().decode(base64url);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(Reason.BAD_KEY, "a key member is not base64url", e);
    }
  }

  private static byte[] decode(String base64url, String member) {
    try {
      return Base64.getUrlDecoder().decode(base64url);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException(Reason.MALFORMED, "`" + member + "` is not base64url", e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] bytes(SecureRandom random, int length) {
    byte[] out = new byte[length];
    random.nextBytes(out);
    return out;
  }
}
