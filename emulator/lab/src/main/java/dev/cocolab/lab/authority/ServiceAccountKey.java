package dev.cocolab.lab.authority;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;

/** The key that signs a cluster's service account tokens, as text that a folder can keep. */
public final class ServiceAccountKey {
  private ServiceAccountKey() {}

  /** A fresh key as PEM text. */
  public static String make(SecureRandom random) {
    return P256.pem(P256.keyPair(random));
  }

  /**
   * Reads the text and tries the key.
   *
   * @throws InvalidKeyException when the text is not what {@link #make} wrote
   */
  public static KeyPair parse(String text) throws InvalidKeyException {
    KeyPair pair;
    try {
      pair = P256.parse(text, 1).get(0);
    } catch (IOException e) {
      throw new InvalidKeyException("it does not hold a pair of keys", e);
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
      throw new InvalidKeyException("its keys cannot be used", e);
    }
    throw new InvalidKeyException("its keys do not belong together");
  }
}
