package dev.cocolab.tee.keys;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Objects;

/**
 * A certificate and the key it is about.
 *
 * @param certificate X.509
 * @param key the private half; RSA or elliptic
 */
public record CertifiedKey(X509Certificate certificate, PrivateKey key) {

  public CertifiedKey {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(key, "key");
  }

  /** Names the subject only. */
  @Override
  public String toString() {
    return certificate.getSubjectX500Principal().getName();
  }
}
