package dev.cocolab.evidence.tpm;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * An RSASSA signature with SHA-256 as a TPM returns it (TPM 2.0 part 2, TPMT_SIGNATURE),
 * big-endian: algorithm {@code 0014}, hash {@code 000b}, size, RSA block. Immutable.
 */
public final class TpmtSignature {

  private static final int RSASSA = 0x0014;
  private static final int SHA256 = 0x000b;

  /** RSAPSS, ECDSA, ECDAA, SM2, ECSCHNORR, HMAC, NULL. */
  private static final Set<Integer> OTHER_ALGORITHMS =
      Set.of(0x0016, 0x0018, 0x001a, 0x001b, 0x001c, 0x0005, 0x0010);

  /** SHA-1, SHA-384, SHA-512, NULL, SM3, SHA3-256, SHA3-384, SHA3-512. */
  private static final Set<Integer> OTHER_HASHES =
      Set.of(0x0004, 0x000c, 0x000d, 0x0010, 0x0012, 0x0027, 0x0028, 0x0029);

  private static final int HEADER_SIZE = 6;

  /** Block of the largest RSA key in bytes. */
  private static final int MAX_BLOCK = 512;

  private final byte[] block;

  private TpmtSignature(byte[] block) {
    this.block = block;
  }

  /**
   * A signature.
   *
   * @param block the RSA block, at most 512 bytes
   */
  public static TpmtSignature rsassaSha256(byte[] block) {
    if (block.length > MAX_BLOCK) {
      throw new IllegalArgumentException("an RSA block has at most 512 bytes");
    }
    return new TpmtSignature(block.clone());
  }

  /**
   * Reads a signature.
   *
   * @throws EvidenceException {@link Refusal#TPM_SIGNATURE_TYPE} for another algorithm, {@link
   *     Refusal#TPM_SIGNATURE_HASH} for another hash, {@link Refusal#TPM_SIGNATURE_MALFORMED} for
   *     what a TPM would not write, bytes after the signature included
   */
  public static TpmtSignature parse(byte[] marshalled) {
    ByteBuffer in = ByteBuffer.wrap(marshalled);
    try {
      int algorithm = Short.toUnsignedInt(in.getShort());
      if (OTHER_ALGORITHMS.contains(algorithm)) {
        throw EvidenceException.mismatch(
            Refusal.TPM_SIGNATURE_TYPE, "sigAlg", hex(RSASSA), hex(algorithm));
      }
      if (algorithm != RSASSA) {
        throw malformed("signature algorithm 0x" + hex(algorithm));
      }
      int hash = Short.toUnsignedInt(in.getShort());
      if (hash != SHA256 && !OTHER_HASHES.contains(hash)) {
        throw malformed("hash algorithm 0x" + hex(hash));
      }
      int size = Short.toUnsignedInt(in.getShort());
      if (size > MAX_BLOCK) {
        throw malformed("RSA block of " + size + " bytes");
      }
      byte[] block = new byte[size];
      in.get(block);
      if (in.hasRemaining()) {
        throw malformed(in.remaining() + " bytes after the structure");
      }
      if (hash != SHA256) {
        throw EvidenceException.mismatch(
            Refusal.TPM_SIGNATURE_HASH, "hash", hex(SHA256), hex(hash));
      }
      return new TpmtSignature(block);
    } catch (BufferUnderflowException e) {
      throw malformed("ends within a field");
    }
  }

  /** The RSA block. */
  public byte[] block() {
    return block.clone();
  }

  /** The bytes a TPM would return. */
  public byte[] encode() {
    return ByteBuffer.allocate(HEADER_SIZE + block.length)
        .putShort((short) RSASSA)
        .putShort((short) SHA256)
        .putShort((short) block.length)
        .put(block)
        .array();
  }

  private static String hex(int value) {
    return "%04x".formatted(value);
  }

  private static EvidenceException malformed(String cause) {
    return EvidenceException.because(Refusal.TPM_SIGNATURE_MALFORMED, cause);
  }
}
