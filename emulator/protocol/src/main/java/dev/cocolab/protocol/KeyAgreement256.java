package dev.cocolab.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.SecretKeySpec;

/** ECDH-ES with Concat KDF for a 256-bit key-wrapping key (RFC 7518, section 4.6). */
final class KeyAgreement256 {
  private static final int KEY_BITS = 256;

  private KeyAgreement256() {}

  static SecretKeySpec keyEncryptionKey(ECPrivateKey own, ECPublicKey peer)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(own);
    agreement.doPhase(peer, true);
    return new SecretKeySpec(derive(agreement.generateSecret()), "AES");
  }

  /** One round: counter 1, Z, AlgorithmID, empty PartyUInfo and PartyVInfo, SuppPubInfo 256. */
  static byte[] derive(byte[] z) throws GeneralSecurityException {
    byte[] algorithm = TeePublicKey.ECDH_ES_A256KW.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer input = ByteBuffer.allocate(z.length + algorithm.length + 5 * Integer.BYTES);
    input.putInt(1).put(z).putInt(algorithm.length).put(algorithm);
    input.putInt(0).putInt(0).putInt(KEY_BITS);
    return MessageDigest.getInstance("SHA-256").digest(input.array());
  }
}
