package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;

/**
 * Where a verifier finds the certificate of an endorsement key that evidence does not bring along.
 * Implementations are safe for use by several threads and answer, or refuse, in bounded time.
 */
public interface VcekSource {

  /**
   * The certificate. Who it comes from proves nothing: the caller checks who signed it.
   *
   * @return DER or PEM, not yet read
   * @throws EvidenceException {@link dev.cocolab.evidence.Refusal#VEK_SOURCES} if there is none;
   *     the message says why, and where it was looked for
   */
  byte[] fetch(VcekRequest request);
}
