package dev.cocolab.apiserver;

import java.util.Objects;

/**
 * A certificate and its key.
 *
 * @param certificatePem PEM text: the certificate, followed by intermediate certificates if there
 *     are any
 * @param keyPem PEM text of the private key (PKCS #8, RSA or EC)
 */
public record PemIdentity(String certificatePem, String keyPem) {
  public PemIdentity {
    Objects.requireNonNull(certificatePem, "certificatePem");
    Objects.requireNonNull(keyPem, "keyPem");
  }

  /** Says which certificate, never the key. */
  @Override
  public String toString() {
    return "PemIdentity[" + certificatePem.length() + " characters of certificate]";
  }
}
