package dev.cocolab.apiserver.auth;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Users by X.509 client certificate: chain to one of the authorities (RFC 5280), valid now, usable
 * for client authentication; the subject's last CN is the user name, as Go's {@code crypto/x509}
 * has it, each O a group.
 */
public final class ClientCertificates {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final Set<TrustAnchor> anchors = new HashSet<>();
  private final List<X509Certificate> authorities = new ArrayList<>();
  private final Clock clock;
  private final TrustedChains trusted = new TrustedChains();

  /**
   * @param pem PEM text of one or more authorities; throws {@link IllegalArgumentException} if it
   *     holds none
   */
  public ClientCertificates(String pem, Clock clock) {
    this.clock = clock;
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate authority :
          factory.generateCertificates(
              new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
        authorities.add((X509Certificate) authority);
        anchors.add(new TrustAnchor((X509Certificate) authority, null));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the client authority is no PEM certificate", e);
    }
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException("the client authority holds no certificate");
    }
  }

  /** The authorities, as they are announced to clients. */
  public X509Certificate[] authorities() {
    return authorities.toArray(X509Certificate[]::new);
  }

  Optional<User> user(List<Certificate> chain) {
    X509Certificate leaf = (X509Certificate) chain.get(0);
    Instant now = clock.instant();
    if (!trusted.contains(chain, now)) {
      if (!isTrusted(leaf, chain, now)) {
        return Optional.empty();
      }
      trusted.add(chain);
    }
    return subject(leaf);
  }

  private boolean isTrusted(X509Certificate leaf, List<Certificate> chain, Instant now) {
    try {
      List<String> usage = leaf.getExtendedKeyUsage();
      if (usage != null && !usage.contains(CLIENT_AUTH)) {
        return false;
      }
      List<Certificate> path = new ArrayList<>();
      for (Certificate certificate : chain) {
        if (!authorities.contains((X509Certificate) certificate)) {
          path.add(certificate);
        }
      }
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return !path.isEmpty();
    } catch (CertPathValidatorException refused) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform cannot check certificates", e);
    }
  }

  private static Optional<User> subject(X509Certificate leaf) {
    X500Name subject = X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded());
    List<String> names = SubjectValues.of(subject, BCStyle.CN);
    String name = names.isEmpty() ? "" : names.get(names.size() - 1);
    return name.isBlank()
        ? Optional.empty()
        : Optional.of(new User(name, "", SubjectValues.of(subject, BCStyle.O)));
  }
}
