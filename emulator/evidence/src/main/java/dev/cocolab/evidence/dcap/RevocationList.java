package dev.cocolab.evidence.dcap;

import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * A certificate revocation list with the chain of its issuer.
 *
 * @param list the list
 * @param issuers the issuer, then the root; empty for the root's own list
 */
public record RevocationList(X509CRL list, List<X509Certificate> issuers) {
  /** Copies the list of issuers. */
  public RevocationList {
    Objects.requireNonNull(list, "list");
    issuers = List.copyOf(issuers);
  }

  /**
   * Reads a list.
   *
   * @param der the list in DER
   * @param issuerChain PEM; may be empty
   * @throws IllegalArgumentException when one of them cannot be read
   */
  public static RevocationList parse(byte[] der, byte[] issuerChain) {
    try {
      return new RevocationList(Certificates.crl(der), Certificates.ofPem(issuerChain));
    } catch (CRLException e) {
      throw new IllegalArgumentException("the revocation list cannot be read", e);
    } catch (CertificateException e) {
      throw new IllegalArgumentException("the issuer chain of a list cannot be read", e);
    }
  }
}
