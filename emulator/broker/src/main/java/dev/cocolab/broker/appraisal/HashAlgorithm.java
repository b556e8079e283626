package dev.cocolab.broker.appraisal;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import org.bouncycastle.crypto.digests.SM3Digest;

/** The hashes that bind runtime data to evidence. */
public enum HashAlgorithm {
  /** 32 bytes. */
  SHA256("SHA-256"),
  /** 48 bytes, unless a request says otherwise. */
  SHA384("SHA-384"),
  /** 64 bytes. */
  SHA512("SHA-512"),
  /** GB/T 32905-2016, 32 bytes. */
  SM3("");

  private final String javaName;

  HashAlgorithm(String javaName) {
    this.javaName = javaName;
  }

  /**
   * The algorithm of a name in a request, upper or lower case.
   *
   * @throws BrokerException HANDSHAKE
   */
  public static HashAlgorithm ofRequest(String name) {
    for (HashAlgorithm one : values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
        return one;
      }
    }
    throw new BrokerException(
        Reason.HANDSHAKE, "`" + name + "` is none of sha256, sha384, sha512, sm3");
  }

  /** The hash of some bytes. */
  public byte[] digest(byte[] input) {
    if (this == SM3) {
      SM3Digest digest = new SM3Digest();
      digest.update(input, 0, input.length);
      byte[] out = new byte[digest.getDigestSize()];
      digest.doFinal(out, 0);
      return out;
    }
    try {
      return MessageDigest.getInstance(javaName).digest(input);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(javaName + " is part of every JDK", e);
    }
  }
}
