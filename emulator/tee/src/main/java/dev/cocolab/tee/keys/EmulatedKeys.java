package dev.cocolab.tee.keys;

import dev.cocolab.tee.TeeException;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What one emulated machine signs with, for evidence that is changed and signed again. The keys
 * themselves stay inside. Immutable; safe for use by several threads.
 */
public final class EmulatedKeys {

  /** Who signs what, and in which form. */
  public enum Role {
    /** The vTPM signs a quote: RSASSA-PKCS1-v1_5 with SHA-256, 256 bytes. */
    TPM_QUOTE,
    /** The processor signs an SNP report: R and S of P-384, 72 bytes each, little-endian. */
    SNP_REPORT,
    /** AMD's intermediate signs a VCEK or VLEK: RSASSA-PSS with SHA-384. */
    ENDORSEMENT,
    /** The processor vouches for a TDREPORT: HMAC-SHA-256 over its first 224 bytes, 32 bytes. */
    TD_REPORT,
    /** The quoting enclave signs a TDX quote: r and s of P-256, 32 bytes each. */
    TDX_QUOTE,
    /** The platform signs the report of its quoting enclave: r and s of P-256, 32 bytes each. */
    QE_REPORT,
    /** Intel's intermediate signs a PCK certificate: ECDSA P-256 with SHA-256, DER. */
    PCK
  }

  private final Map<Role, UnaryOperator<byte[]>> signers;

  private EmulatedKeys(Map<Role, UnaryOperator<byte[]>> signers) {
    this.signers = signers;
  }

  /** A machine without keys. */
  public static EmulatedKeys none() {
    return new EmulatedKeys(Map.of());
  }

  /**
   * A machine that also signs this.
   *
   * @param signer from the content to the signature; safe for use by several threads
   */
  public EmulatedKeys with(Role role, UnaryOperator<byte[]> signer) {
    Map<Role, UnaryOperator<byte[]>> more = new EnumMap<>(Role.class);
    more.putAll(signers);
    more.put(role, signer);
    return new EmulatedKeys(more);
  }

  /** All that both sign. */
  public EmulatedKeys and(EmulatedKeys others) {
    Map<Role, UnaryOperator<byte[]>> more = new EnumMap<>(Role.class);
    more.putAll(signers);
    more.putAll(others.signers);
    return new EmulatedKeys(more);
  }

  /**
   * Signs.
   *
   * @throws TeeException {@link TeeException.Reason#KEY_ABSENT} if the machine has no such key
   */
  public byte[] sign(Role role, byte[] content) {
    UnaryOperator<byte[]> signer = signers.get(role);
    if (signer == null) {
      throw new TeeException(
          TeeException.Reason.KEY_ABSENT,
          "the machine has no key for " + role + "; use the one that made the evidence");
    }
    return signer.apply(content.clone());
  }

  /** Names what is signed. */
  @Override
  public String toString() {
    return "keys for " + signers.keySet();
  }
}
