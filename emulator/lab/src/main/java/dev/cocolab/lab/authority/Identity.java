package dev.cocolab.lab.authority;

import java.util.Objects;

/**
 * A certificate and its private key.
 *
 * @param certificatePem PEM text, the certificate alone
 * @param keyPem PEM text, PKCS #8
 */
public record Identity(String certificatePem, String keyPem) {
  public Identity {
    Objects.requireNonNull(certificatePem, "certificatePem");
    Objects.requireNonNull(keyPem, "keyPem");
  }

  /** Never the key. */
  @Override
  public String toString() {
    return "Identity[" + certificatePem.length() + " characters of certificate]";
  }
}
