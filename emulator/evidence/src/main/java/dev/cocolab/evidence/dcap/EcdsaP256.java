package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.tdx.QuoteSignature;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Optional;

/** ECDSA over P-256 with SHA-256; signatures and keys as two big-endian numbers of 32 bytes. */
final class EcdsaP256 {
  private static final int HALF = QuoteSignature.PAIR / 2;

  private EcdsaP256() {}

  /** Whether the key signed the message. */
  static boolean verifies(PublicKey key, byte[] message, byte[] pair) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(pair);
    } catch (GeneralSecurityException e) {
      return false; // an answer, not a failure
    }
  }

  /** The key of a point; empty when the point is not on the curve. */
  static Optional<PublicKey> key(byte[] pair) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      ECPoint point =
          new ECPoint(
              new BigInteger(1, Arrays.copyOf(pair, HALF)),
              new BigInteger(1, Arrays.copyOfRange(pair, HALF, 2 * HALF)));
      return Optional.of(
          KeyFactory.getInstance("EC")
              .generatePublic(
                  new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class))));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
