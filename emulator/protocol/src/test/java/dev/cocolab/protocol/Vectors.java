package dev.cocolab.protocol;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPrivateKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/** A key pair and a nonce whose digests and answers were computed independently. */
final class Vectors {
  static final String NONCE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  static final String X = "FvCPUXLoAJdGS7r0YU1mnMiD2nzn7OjQP3erVPWcoGA";
  static final String Y = "0b31ECFNLbSgcm1Jgks9gp40jbJbrutK33Uu7pjdvvs";
  static final String D = "APeUcK8k8FTN4a7czRs4H6aIxdRXHZPFApML7Sf3PKA";
  static final String EPHEMERAL_D = "L_E0QpZaEZy9leo4dw011_Y03w8NO9wL2ZzsfvvWCuk";

  private Vectors() {}

  static TeePublicKey.Ec publicKey() {
    return new TeePublicKey.Ec("P-256", TeePublicKey.ECDH_ES_A256KW, X, Y);
  }

  static KeyPair pair(String d, String x, String y) {
    try {
      ECPublicKey publicKey = EcCurve.P_256.publicKey(x, y);
      BigInteger secret = new BigInteger(1, Base64.getUrlDecoder().decode(d));
      ECPrivateKey privateKey =
          (ECPrivateKey)
              KeyFactory.getInstance("EC")
                  .generatePrivate(new ECPrivateKeySpec(secret, publicKey.getParams()));
      return new KeyPair(publicKey, privateKey);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static TeeKeyPair teeKeyPair() {
    KeyPair pair = pair(D, X, Y);
    return TeeKeyPair.of((ECPrivateKey) pair.getPrivate(), (ECPublicKey) pair.getPublic());
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static byte[] range(int from, int length) {
    byte[] out = new byte[length];
    for (int i = 0; i < length; i++) {
      out[i] = (byte) (from + i);
    }
    return out;
  }
}
