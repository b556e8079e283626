package dev.cocolab.tee;

import dev.cocolab.evidence.Tee;
import dev.cocolab.evidence.tpm.PcrBank;
import dev.cocolab.evidence.tpm.TpmEvidence;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.tee.keys.EmulatedKeys;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * An emulated machine with a TPM and no confidential hardware, measured at boot. Its memory is open
 * to its owner; the evidence says what was booted, no more. Safe for use by several threads: what
 * would share the TPM is done one after the other.
 */
public final class TpmMachine implements EvidenceMachine {

  /** What the attester of the guest components makes of report data of any length. */
  private static final int REPORT_DATA_SIZE = 32;

  private final VirtualTpm tpm;
  private final byte[] attestationKey;
  private final Object lock = new Object();

  private TpmMachine(VirtualTpm tpm, byte[] attestationKey) {
    this.tpm = tpm;
    this.attestationKey = attestationKey;
  }

  /**
   * Boots a machine with a TPM that no other has.
   *
   * @param image what is booted; its registers count, its launch measurement has no use here
   * @param keys where the TPM gets its two keys
   * @param random source of everything the TPM draws at random
   * @param clock the time of the TPM's clock
   */
  public static TpmMachine boot(BootImage image, RsaKeys keys, SecureRandom random, Clock clock) {
    Objects.requireNonNull(image, "image");
    KeyPair ak = keys.take();
    KeyPair ek = keys.take();
    VirtualTpm tpm = new VirtualTpm(ak, ek, image.bootedBank(), random, clock);
    return new TpmMachine(tpm, ak.getPublic().getEncoded());
  }

  @Override
  public Tee tee() {
    return Tee.TPM;
  }

  /**
   * The public attestation key, DER SubjectPublicKeyInfo. In standard base64 it is the claim {@code
   * ak_public}, by which a policy knows the machines it trusts.
   */
  public byte[] attestationKey() {
    return attestationKey.clone();
  }

  /**
   * Extends a register of the SHA-256 bank; with 8 and the digest of an initdata document it binds
   * the document, as the attestation agent does.
   *
   * @param digest 32 bytes
   * @throws TeeException {@link TeeException.Reason#PCR_NOT_EXTENDABLE} for 17 to 22, which belong
   *     to late launch, and for registers that do not exist; {@link TeeException.Reason#VALUE_SIZE}
   *     for a digest of another size
   */
  public void extend(int pcr, byte[] digest) {
    synchronized (lock) {
      tpm.extend(pcr, digest);
    }
  }

  /** The registers as they are now. */
  public PcrBank pcrs() {
    synchronized (lock) {
      return tpm.pcrs();
    }
  }

  /**
   * Makes evidence as an attestation agent on this machine does: a quote over all registers.
   *
   * @param reportData what the evidence is bound to, of any length, 48 bytes in the KBS protocol:
   *     the first 32 bytes are, shorter ones are followed by zeros
   */
  @Override
  public ObjectNode evidence(byte[] reportData) {
    TpmQuote quote;
    synchronized (lock) {
      quote = tpm.quote(Arrays.copyOf(reportData, REPORT_DATA_SIZE));
    }
    return TpmEvidence.of(attestationKey, quote).toJson();
  }

  @Override
  public EmulatedKeys keys() {
    return tpm.signers();
  }
}
