package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public key that checks signatures of cosign: SubjectPublicKeyInfo in PEM (RFC 5280, RFC 7468)
 * with an EC key on P-256 (then SHA-256) or P-384 (SHA-384), an RSA key of 2048 to 4096 bits (PKCS
 * #1 v1.5 with SHA-256), or an Ed25519 key.
 */
final class SignatureKey {

  private static final int PEM_LIMIT = 64 * 1024;
  private static final int RSA_LEAST_BITS = 2048;
  private static final int RSA_MOST_BITS = 4096;
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");

  private final PublicKey key;
  private final String algorithm;

  private SignatureKey(PublicKey key, String algorithm) {
    this.key = key;
    this.algorithm = algorithm;
  }

  /** Throws {@link ImageException} BAD_KEY or UNSUPPORTED_KEY. */
  static SignatureKey parse(byte[] pem) {
    if (pem.length > PEM_LIMIT) {
      throw refused(Reason.BAD_KEY, "the public key is larger than 64 KiB");
    }
    Matcher block = PEM.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    if (!block.find()) {
      throw refused(Reason.BAD_KEY, "the public key is no PEM text with a block PUBLIC KEY");
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block.group(1));
    } catch (IllegalArgumentException e) {
      throw refused(Reason.BAD_KEY, "the PEM block of the public key is no base64");
    }
    for (String family : List.of("EC", "RSA", "Ed25519")) {
      Optional<PublicKey> found = decode(family, der);
      if (found.isPresent()) {
        return new SignatureKey(found.get(), algorithmFor(found.get()));
      }
    }
    throw refused(
        Reason.UNSUPPORTED_KEY, "the public key is neither an EC, nor an RSA, nor an Ed25519 key");
  }

  private static Optional<PublicKey> decode(String family, byte[] der) {
    try {
      return Optional.of(
          KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(der)));
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has " + family, e);
    }
  }

  private static String algorithmFor(PublicKey key) {
    if (key instanceof ECPublicKey ec) {
      return switch (ec.getParams().getOrder().bitLength()) {
        case 256 -> "SHA256withECDSA";
        case 384 -> "SHA384withECDSA";
        default ->
            throw refused(
                Reason.UNSUPPORTED_KEY, "the public key is on another curve than P-256 or P-384");
      };
    }
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < RSA_LEAST_BITS || bits > RSA_MOST_BITS) {
        throw refused(
            Reason.UNSUPPORTED_KEY,
            "the RSA key has " + bits + " bits; from 2048 to 4096 are supported");
      }
      return "SHA256withRSA";
    }
    if (key instanceof EdECPublicKey) {
      return "Ed25519";
    }
    throw refused(Reason.UNSUPPORTED_KEY, "the public key is a key of " + key.getAlgorithm());
  }

  /** False too for bytes that are no signature of this algorithm at all. */
  boolean verifies(byte[] content, byte[] signature) {
    try {
      Signature check = Signature.getInstance(algorithm);
      check.initVerify(key);
      check.update(content);
      return check.verify(signature);
    } catch (SignatureException | InvalidKeyException malformed) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + algorithm, e);
    }
  }

  private static ImageException refused(Reason reason, String message) {
    return new ImageException(Stage.ADMISSION, reason, message);
  }
}
