package dev.cocolab.evidence.eventlog;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SM3Digest;

/** The hash algorithms of an event log (TCG Algorithm Registry). */
public enum DigestAlgorithm {
  SHA1(0x04, "SHA-1", 20),
  SHA256(0x0b, "SHA-256", 32),
  SHA384(0x0c, "SHA-384", 48),
  SHA512(0x0d, "SHA-512", 64),
  SM3(0x12, "SM3", 32);

  private final int id;
  private final String claim;
  private final int size;

  DigestAlgorithm(int id, String claim, int size) {
    this.id = id;
    this.claim = claim;
    this.size = size;
  }

  /** The number in a log, 16 bits. */
  public int id() {
    return id;
  }

  /** The name in claims, such as {@code SHA-384}. */
  public String claimName() {
    return claim;
  }

  /** Bytes of a digest, and of a register that is extended with it. */
  public int size() {
    return size;
  }

  /** The algorithm with this number; empty for every other. */
  public static Optional<DigestAlgorithm> ofId(int id) {
    return Arrays.stream(values()).filter(algorithm -> algorithm.id == id).findFirst();
  }

  /** The digest of the parts, one after the other: {@link #size()} bytes. */
  public byte[] digest(byte[]... parts) {
    if (this == SM3) {
      SM3Digest digest = new SM3Digest();
      for (byte[] part : parts) {
        digest.update(part, 0, part.length);
      }
      byte[] value = new byte[digest.getDigestSize()];
      digest.doFinal(value, 0);
      return value;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(claim);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + claim, e);
    }
  }
}
