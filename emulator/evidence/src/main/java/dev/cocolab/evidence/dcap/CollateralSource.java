package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;

/**
 * Where collateral comes from: Intel's service, a cache, a folder. Implementations are safe for use
 * by several threads, and bounded in time.
 */
public interface CollateralSource {
  /**
   * TCB info for TDX.
   *
   * @param fmspc 12 digits of upper-case hex
   * @throws EvidenceException {@link Refusal#COLLATERAL_TCB_INFO}, with the reason as its cause
   */
  SignedDocument tcbInfo(String fmspc);

  /**
   * Identity of the quoting enclave for TDX.
   *
   * @throws EvidenceException {@link Refusal#COLLATERAL_QE_IDENTITY}
   */
  SignedDocument qeIdentity();

  /**
   * Revocation list of an authority for PCKs.
   *
   * @throws EvidenceException {@link Refusal#COLLATERAL_PCK_CRL}
   */
  RevocationList pckCrl(CaKind kind);

  /**
   * Revocation list of the root.
   *
   * @throws EvidenceException {@link Refusal#COLLATERAL_ROOT_CRL}
   */
  RevocationList rootCrl();

  /** A source that has nothing: every quote is refused. */
  static CollateralSource none() {
    return StoredCollateral.builder().build();
  }
}
