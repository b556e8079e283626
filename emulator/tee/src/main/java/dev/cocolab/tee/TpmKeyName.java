package dev.cocolab.tee;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;

/**
 * The qualified name of an attestation key (TPM 2.0 part 1, names): 34 bytes, the algorithm and a
 * SHA-256 over the names down from the endorsement hierarchy.
 */
final class TpmKeyName {

  private static final short TPM_ALG_RSA = 0x0001;
  private static final short TPM_ALG_SHA256 = 0x000b;
  private static final short TPM_ALG_NULL = 0x0010;
  private static final short TPM_ALG_RSASSA = 0x0014;
  private static final short KEY_BITS = 2048;
  private static final int MODULUS_SIZE = 256;
  private static final int DIGEST_SIZE = 32;
  private static final int TPM_RH_ENDORSEMENT = 0x4000000b;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign. */
  private static final int ATTRIBUTES = 0x00050072;

  private TpmKeyName() {}

  static byte[] qualified(RSAPublicKey key) {
    byte[] parent = ByteBuffer.allocate(Integer.BYTES).putInt(TPM_RH_ENDORSEMENT).array();
    return name(parent, name(publicArea(key)));
  }

  /** TPMT_PUBLIC of a restricted RSA-2048 signing key with RSASSA and SHA-256. */
  private static byte[] publicArea(RSAPublicKey key) {
    return ByteBuffer.allocate(24 + MODULUS_SIZE)
        .putShort(TPM_ALG_RSA)
        .putShort(TPM_ALG_SHA256)
        .putInt(ATTRIBUTES)
        .putShort((short) 0) // no authorisation policy
        .putShort(TPM_ALG_NULL) // no symmetric algorithm
        .putShort(TPM_ALG_RSASSA)
        .putShort(TPM_ALG_SHA256)
        .putShort(KEY_BITS)
        .putInt(0) // exponent 65537
        .putShort((short) MODULUS_SIZE)
        .put(modulus(key.getModulus()))
        .array();
  }

  private static byte[] modulus(BigInteger modulus) {
    byte[] bytes = modulus.toByteArray();
    return Arrays.copyOfRange(bytes, bytes.length - MODULUS_SIZE, bytes.length);
  }

  private static byte[] name(byte[]... parts) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        sha256.update(part);
      }
      return ByteBuffer.allocate(Short.BYTES + DIGEST_SIZE)
          .putShort(TPM_ALG_SHA256)
          .put(sha256.digest())
          .array();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-256 in this Java platform", e);
    }
  }
}
