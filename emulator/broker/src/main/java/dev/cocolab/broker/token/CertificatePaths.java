package dev.cocolab.broker.token;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a chain of certificates ends at one that is trusted. As OpenSSL without the partial-chain
 * flag: the end must be self-signed; trusted certificates that are not may stand in between.
 */
final class CertificatePaths {
  private final List<X509Certificate> trusted;
  private final Clock clock;

  CertificatePaths(List<X509Certificate> trusted, Clock clock) {
    this.trusted = List.copyOf(trusted);
    this.clock = clock;
  }

  boolean validates(List<X509Certificate> chain) {
    X509Certificate leaf = chain.get(0);
    // The operator trusts the signing certificate itself, which is its own issuer.
    if (trusted.contains(leaf) && isSelfSigned(leaf)) {
      return isValidNow(leaf);
    }
    Set<TrustAnchor> anchors =
        trusted.stream()
            .filter(CertificatePaths::isSelfSigned)
            .filter(this::isValidNow)
            .map(certificate -> new TrustAnchor(certificate, null))
            .collect(Collectors.toSet());
    if (anchors.isEmpty()) {
      return false;
    }
    List<X509Certificate> between = new ArrayList<>(chain);
    between.addAll(trusted);
    try {
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(leaf);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(between)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(clock.instant()));
      CertPathBuilder.getInstance("PKIX").build(parameters);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean isValidNow(X509Certificate certificate) {
    try {
      certificate.checkValidity(Date.from(clock.instant()));
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    PublicKey key = certificate.getPublicKey();
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
