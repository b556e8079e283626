package dev.cocolab.evidence.snp;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * Looks a chain up in lists of revoked certificates (RFC 5280, section 5). A list counts for what
 * the one that signed it has issued: AMD's roots sign lists of intermediates. Lists that no member
 * of the chain signed do not count.
 *
 * <p>A list that the host of a guest hands over may add to what is known, and may be of any age. A
 * configured one has to be current: an old one would hide what was revoked since.
 */
public final class RevokedCertificates {

  private final List<X509CRL> configured;
  private final List<X509CRL> supplied;

  /** Configured lists, and none of a host. */
  public RevokedCertificates(List<X509CRL> configured) {
    this(configured, List.of());
  }

  private RevokedCertificates(List<X509CRL> configured, List<X509CRL> supplied) {
    this.configured = List.copyOf(configured);
    this.supplied = List.copyOf(supplied);
  }

  /** The same configured lists, and these of a host. */
  RevokedCertificates with(List<X509CRL> ofHost) {
    return new RevokedCertificates(configured, ofHost);
  }

  /**
   * Checks intermediate and endorsement key.
   *
   * @throws EvidenceException {@link Refusal#REVOKED} or {@link Refusal#REVOCATION_LIST_AGE}
   */
  public void check(X509Certificate ark, X509Certificate ask, VcekCertificate key, Instant now) {
    requireUnlisted(ark, ask.getSerialNumber(), ask.getSubjectX500Principal().getName(), now);
    requireUnlisted(ask, key.serialNumber(), key.commonName().orElse("endorsement key"), now);
  }

  private void requireUnlisted(
      X509Certificate issuer, BigInteger serialNumber, String name, Instant now) {
    for (X509CRL list : configured) {
      if (isSignedBy(list, issuer)) {
        requireCurrent(list, now);
        requireUnlisted(list, serialNumber, name);
      }
    }
    for (X509CRL list : supplied) {
      if (isSignedBy(list, issuer)) {
        requireUnlisted(list, serialNumber, name);
      }
    }
  }

  /** By the number: {@code X509CRL.isRevoked} would need a certificate that the JDK has read. */
  private static void requireUnlisted(X509CRL list, BigInteger serialNumber, String name) {
    X509CRLEntry entry = list.getRevokedCertificate(serialNumber);
    if (entry != null) {
      throw EvidenceException.because(
              Refusal.REVOKED,
              name
                  + ", serial number "
                  + serialNumber
                  + ", on "
                  + entry.getRevocationDate().toInstant())
          .withMismatch("serial_number", "not revoked", serialNumber.toString());
    }
  }

  private static void requireCurrent(X509CRL list, Instant now) {
    Date next = list.getNextUpdate();
    boolean begun = !now.isBefore(list.getThisUpdate().toInstant());
    if (!begun || (next != null && !now.isBefore(next.toInstant()))) {
      throw EvidenceException.of(Refusal.REVOCATION_LIST_AGE)
          .withMismatch(
              list.getIssuerX500Principal().getName(),
              list.getThisUpdate().toInstant()
                  + " to "
                  + (next == null ? "any time" : next.toInstant()),
              now.toString());
    }
  }

  private static boolean isSignedBy(X509CRL list, X509Certificate issuer) {
    if (!list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      list.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
