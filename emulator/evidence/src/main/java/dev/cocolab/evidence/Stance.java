package dev.cocolab.evidence;

/**
 * How much more than Trustee's verifier a verifier refuses. Whatever Trustee refuses is refused in
 * every stance, with Trustee's reason: the additional checks run last. What a kind of evidence does
 * not have is not looked at.
 *
 * @param unsignedFields refuse HCL header fields and bytes after a report signature that nothing
 *     covers and no host or device writes
 * @param pcrSelection require a quote over PCR 0 to 23 of the SHA-256 bank and 24 values; otherwise
 *     a guest can show a resettable register in the place of another
 * @param chipIdentity require that the VCEK was issued to the chip the report names, and on Turin
 *     for its FMC level
 * @param authorityValidity require that every certificate of the chain is valid at the time;
 *     Trustee looks at the VCEK on Azure, and at none on bare metal
 * @param revocation refuse an intermediate or endorsement key that a list of revoked certificates
 *     names, one of {@link AmdRoots#revocationLists()} or of the evidence; Trustee looks at none
 * @param refuseDebug refuse a guest whose policy allows debugging; otherwise that is a claim
 * @param minimumVersion lowest evidence version: 2 shuts out evidence whose user data is not bound
 */
public record Stance(
    boolean unsignedFields,
    boolean pcrSelection,
    boolean chipIdentity,
    boolean authorityValidity,
    boolean revocation,
    boolean refuseDebug,
    int minimumVersion) {

  /**
   * Accepts what Trustee accepts. Signatures are still checked over the bytes received, and what
   * makes Trustee abort is refused.
   */
  public static Stance compatible() {
    return new Stance(false, false, false, false, false, false, 0);
  }

  /**
   * Every additional check that genuine evidence of every version passes; debugging stays a claim.
   */
  public static Stance strict() {
    return new Stance(true, true, true, true, true, false, 0);
  }

  /** The same stance with a lowest evidence version. */
  public Stance withMinimumVersion(int version) {
    return new Stance(
        unsignedFields,
        pcrSelection,
        chipIdentity,
        authorityValidity,
        revocation,
        refuseDebug,
        version);
  }

  /** The same stance, refusing guests that allow debugging. */
  public Stance withoutDebug() {
    return new Stance(
        unsignedFields,
        pcrSelection,
        chipIdentity,
        authorityValidity,
        revocation,
        true,
        minimumVersion);
  }
}
