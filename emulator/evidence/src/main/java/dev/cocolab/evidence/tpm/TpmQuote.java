package dev.cocolab.evidence.tpm;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

/**
 * A quote with the register values it speaks of. Immutable.
 *
 * <p>The signature is the bare RSASSA-PKCS1-v1_5 block with SHA-256 over the message, as Azure's
 * tools hand it out.
 */
public final class TpmQuote {

  private final byte[] signature;
  private final byte[] message;
  private final List<byte[]> pcrs;

  private TpmQuote(byte[] signature, byte[] message, List<byte[]> pcrs) {
    this.signature = signature;
    this.message = message;
    this.pcrs = pcrs;
  }

  /**
   * A quote as received; nothing is checked.
   *
   * @param signature 256 bytes for the RSA-2048 key of a vTPM
   * @param message marshalled {@link TpmsAttest}
   * @param pcrs register values in the order sent
   */
  public static TpmQuote of(byte[] signature, byte[] message, List<byte[]> pcrs) {
    return new TpmQuote(signature.clone(), message.clone(), copy(pcrs));
  }

  public byte[] signature() {
    return signature.clone();
  }

  public byte[] message() {
    return message.clone();
  }

  /** The values as sent; number and length are the sender's. */
  public List<byte[]> pcrs() {
    return copy(pcrs);
  }

  /** SHA-256 of the values in the order sent. */
  public byte[] pcrDigest() {
    MessageDigest sha256 = Sha256.start();
    pcrs.forEach(sha256::update);
    return sha256.digest();
  }

  /** Whether the key signed the message. */
  public boolean isSignedBy(PublicKey key) {
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // a signature of another size, or a key that is none
    }
  }

  private static List<byte[]> copy(List<byte[]> values) {
    List<byte[]> copies = new ArrayList<>(values.size());
    for (byte[] value : values) {
      copies.add(value.clone());
    }
    return List.copyOf(copies);
  }
}
