package dev.cocolab.evidence.dcap;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/** Who vouches for whom: certificates, revocation lists, signed documents (Intel QVL). */
final class ChainChecks {
  private static final String ROOT_NAME = "SGX Root CA";
  private static final String CA_NAME = "CA";
  private static final String PCK_NAME = "SGX PCK Certificate";
  private static final String SIGNER_NAME = "SGX TCB Signing";
  private static final String AUTHORITY_KEY = "2.5.29.35";

  private final PckChain chain;
  private final Collateral collateral;
  private final X509Certificate root;

  /**
   * Checks with this root.
   *
   * @throws EvidenceException {@link Refusal#DCAP_ROOT_KEY} when nobody trusts the chain's root
   */
  ChainChecks(PckChain chain, Collateral collateral, IntelRoots roots) {
    this.chain = chain;
    this.collateral = collateral;
    this.root =
        roots.trusted(chain.root()).orElseThrow(() -> EvidenceException.of(Refusal.DCAP_ROOT_KEY));
  }

  /** The trusted root. */
  X509Certificate root() {
    return root;
  }

  /** Names, signatures and revocation of the chain. */
  void checkChain() {
    require(
        named(chain.root(), ROOT_NAME) && Certificates.isIssuedBy(chain.root(), root),
        "root certificate");
    require(
        named(chain.intermediate(), CA_NAME)
            && Certificates.isIssuedBy(chain.intermediate(), root)
            && chain.intermediate().getBasicConstraints() >= 0,
        "certificate of the PCK's authority");
    require(
        named(chain.leaf(), PCK_NAME)
            && Certificates.isIssuedBy(chain.leaf(), chain.intermediate()),
        "PCK certificate");
    checkList(collateral.rootCrl().list(), root);
    checkList(collateral.pckCrl().list(), chain.intermediate());
    requireNotRevoked(chain.intermediate(), collateral.rootCrl().list());
    requireNotRevoked(chain.leaf(), collateral.pckCrl().list());
  }

  private static boolean named(X509Certificate certificate, String part) {
    return Certificates.commonName(certificate).filter(name -> name.contains(part)).isPresent();
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw EvidenceException.because(
          Refusal.DCAP_CHAIN, "the %s is not that of its issuer".formatted(what));
    }
  }

  private static void checkList(X509CRL list, X509Certificate issuer) {
    if (!list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
        || Certificates.number(list).isEmpty()
        || list.getExtensionValue(AUTHORITY_KEY) == null) {
      throw EvidenceException.because(
          Refusal.DCAP_CHAIN, "a revocation list is not one of the authority");
    }
    if (!Certificates.isSignedBy(list, issuer.getPublicKey())) {
      throw EvidenceException.because(
          Refusal.DCAP_CRL_SIGNATURE, "a revocation list is not signed by the authority");
    }
  }

  private static void requireNotRevoked(X509Certificate certificate, X509CRL list) {
    if (list.isRevoked(certificate)) {
      throw EvidenceException.because(
          Refusal.DCAP_REVOKED,
          "serial number " + certificate.getSerialNumber().toString(16) + " is on the list");
    }
  }

  /**
   * A document is signed by a key that the root vouches for, and that is not revoked.
   *
   * @throws EvidenceException with this reason
   */
  void checkDocument(SignedDocument document, Refusal reason) {
    List<X509Certificate> issuers = document.issuers();
    if (issuers.isEmpty()
        || !named(issuers.get(0), SIGNER_NAME)
        || !Certificates.isIssuedBy(issuers.get(0), root)) {
      throw EvidenceException.because(reason, "its signer is not one of the root");
    }
    requireNotRevoked(issuers.get(0), collateral.rootCrl().list());
    if (!document.isSignedBy(issuers.get(0).getPublicKey())) {
      throw EvidenceException.because(reason, "it is not signed by its signer");
    }
  }
}
