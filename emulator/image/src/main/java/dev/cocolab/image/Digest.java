package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A content digest, {@code <algorithm>:<lower-case hex>} (OCI image specification, descriptor,
 * "Digests"). Known algorithms are sha256, sha384 and sha512.
 */
public record Digest(String algorithm, String hex) {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
  private static final Map<String, Integer> HEX_LENGTH =
      Map.of("sha256", 64, "sha384", 96, "sha512", 128);

  /**
   * Throws {@link ImageException} BAD_DIGEST for an unknown algorithm, a wrong length or anything
   * but lower-case hex.
   */
  public Digest {
    Objects.requireNonNull(algorithm, "algorithm");
    Objects.requireNonNull(hex, "hex");
    Integer length = HEX_LENGTH.get(algorithm);
    if (length == null) {
      throw new ImageException(
          Stage.INPUT, Reason.BAD_DIGEST, "unsupported digest algorithm: " + algorithm);
    }
    if (hex.length() != length || !HEX.matcher(hex).matches()) {
      throw new ImageException(
          Stage.INPUT, Reason.BAD_DIGEST, "not a " + algorithm + " digest: " + hex);
    }
  }

  /** Reads {@code sha256:<64 hex>} and the like. */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new ImageException(Stage.INPUT, Reason.BAD_DIGEST, "not a digest: " + text);
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The sha256 digest of the bytes. */
  public static Digest sha256(byte[] content) {
    return of("sha256", content);
  }

  static Digest of(String algorithm, byte[] content) {
    return finish(algorithm, hash(algorithm).digest(content));
  }

  /** An empty hash of this digest's algorithm. */
  MessageDigest newHash() {
    return hash(algorithm);
  }

  /** True when the finished hash is this digest. */
  boolean matches(MessageDigest finished) {
    return MessageDigest.isEqual(finished.digest(), HexFormat.of().parseHex(hex));
  }

  private static Digest finish(String algorithm, byte[] value) {
    return new Digest(algorithm, HexFormat.of().formatHex(value));
  }

  private static MessageDigest hash(String algorithm) {
    try {
      return MessageDigest.getInstance(
          switch (algorithm) {
            case "sha256" -> "SHA-256";
            case "sha384" -> "SHA-384";
            default -> "SHA-512";
          });
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-2", e);
    }
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
