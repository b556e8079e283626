package dev.cocolab.tee;

import dev.cocolab.evidence.hcl.VariableData;
import dev.cocolab.evidence.hcl.VmConfiguration;
import dev.cocolab.evidence.tpm.ClockInfo;
import dev.cocolab.evidence.tpm.PcrBank;
import dev.cocolab.evidence.tpm.PcrSelection;
import dev.cocolab.evidence.tpm.TpmQuote;
import dev.cocolab.evidence.tpm.TpmsAttest;
import dev.cocolab.tee.keys.EmulatedKeys;
import dev.cocolab.tee.keys.EmulatedKeys.Role;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.util.List;

/**
 * The TPM of an Azure guest or of a machine: attestation and endorsement key (RSA-2048), the
 * SHA-256 bank, quotes, and the NV index 0x01400002 for user data. Not safe for use by several
 * threads; its VM serialises.
 */
final class VirtualTpm {

  /** Version of the vTPM's firmware, the same on every Azure host. */
  private static final long FIRMWARE_VERSION = 0x2020031200120003L;

  /** Resets up to the start of the guest. */
  private static final int RESETS = 2;

  /** The clock of a TPM counts the time it was powered, since long before this guest. */
  private static final int MAX_CLOCK_AT_BOOT = 1 << 29;

  private static final int FIRST_LATE_LAUNCH_PCR = 17;
  private static final int LAST_LATE_LAUNCH_PCR = 22;

  private final KeyPair ak;
  private final KeyPair ek;
  private final SecureRandom random;
  private final Clock clock;
  private final long bootedAt;
  private final long clockAtBoot;
  private final byte[] qualifiedSigner;
  private PcrBank pcrs;
  private byte[] userData = new byte[0];
  private long lastClock;

  VirtualTpm(KeyPair ak, KeyPair ek, PcrBank pcrs, SecureRandom random, Clock clock) {
    this.ak = ak;
    this.ek = ek;
    this.pcrs = pcrs;
    this.random = random;
    this.clock = clock;
    this.bootedAt = clock.millis();
    this.clockAtBoot = random.nextInt(MAX_CLOCK_AT_BOOT);
    this.lastClock = clockAtBoot;
    this.qualifiedSigner = TpmKeyName.qualified((RSAPublicKey) ak.getPublic());
  }

  PcrBank pcrs() {
    return pcrs;
  }

  /** Extends a register from locality 0; 17 to 22 belong to late launch and refuse. */
  void extend(int pcr, byte[] digest) {
    if (pcr < 0 || pcr >= PcrBank.COUNT) {
      throw new TeeException(TeeException.Reason.PCR_NOT_EXTENDABLE, "the TPM has no PCR " + pcr);
    }
    if (pcr >= FIRST_LATE_LAUNCH_PCR && pcr <= LAST_LATE_LAUNCH_PCR) {
      throw new TeeException(
          TeeException.Reason.PCR_NOT_EXTENDABLE,
          "PCR " + pcr + " cannot be extended at locality 0 (TPM_RC_LOCALITY)");
    }
    if (digest.length != PcrBank.DIGEST_SIZE) {
      throw new TeeException(
          TeeException.Reason.VALUE_SIZE,
          "a SHA-256 register is extended with 32 bytes, not " + digest.length);
    }
    pcrs = pcrs.extend(pcr, digest);
  }

  /** Writes NV index 0x01400002; the next HCL report carries it. */
  void writeUserData(byte[] data) {
    if (data.length > VariableData.USER_DATA_SIZE) {
      throw new TeeException(
          TeeException.Reason.VALUE_SIZE, "user data has at most 64 bytes, not " + data.length);
    }
    userData = data.clone();
  }

  byte[] variableData(VmConfiguration configuration) {
    return VariableData.encode(
        (RSAPublicKey) ak.getPublic(), (RSAPublicKey) ek.getPublic(), configuration, userData);
  }

  /** TPM2_Quote with the attestation key over all registers of the SHA-256 bank. */
  TpmQuote quote(byte[] nonce) {
    if (nonce.length > TpmsAttest.MAX_EXTRA_DATA) {
      throw new TeeException(
          TeeException.Reason.VALUE_SIZE, "a quote takes a nonce of at most 66 bytes");
    }
    TpmsAttest.QuoteInfo info =
        new TpmsAttest.QuoteInfo(List.of(PcrSelection.allSha256()), pcrs.digest());
    TpmsAttest attest = TpmsAttest.quote(qualifiedSigner, nonce, now(), FIRMWARE_VERSION, info);
    return sign(attest.encode(), pcrs.values());
  }

  /** Signs with the attestation key, whatever it is given. */
  TpmQuote sign(byte[] message, List<byte[]> values) {
    return TpmQuote.of(sign(message), message, values);
  }

  EmulatedKeys signers() {
    return EmulatedKeys.none().with(Role.TPM_QUOTE, this::sign);
  }

  private byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(ak.getPrivate(), random);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA in this Java platform", e);
    }
  }

  private ClockInfo now() {
    lastClock = Math.max(lastClock + 1, clockAtBoot + clock.millis() - bootedAt);
    return new ClockInfo(lastClock, RESETS, 0, true);
  }
}
