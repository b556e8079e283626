package dev.cocolab.lab.authority;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;

/** The key that signs a cluster's service account tokens, as text that a folder can keep. */
public final class ServiceAccountKey {
  private ServiceAccountKey() {}

  /** The text is not what {@link #make} wrote. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A fresh key as PEM text. */
  public static String make(SecureRandom random) {
    return P256.pem(P256.keyPair(random));
  }

  /** Reads the text and tries the key. */
  public static KeyPair parse(String text) throws Unreadable {
    KeyPair pair;
    try {
      pair = P256.parse(text, 1).get(0);
    } catch (IOException e) {
      throw new Unreadable("it does not hold a pair of keys", e);
    }
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      byte[] probe = {1};
      signature.initSign(pair.getPrivate());
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(pair.getPublic());
      signature.update(probe);
      if (signature.verify(signed)) {
        return pair;
      }
    } catch (GeneralSecurityException e) {
      throw new Unreadable("its keys cannot be used", e);
    }
    throw new Unreadable("its keys do not belong together", null);
  }
}
