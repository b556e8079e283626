package dev.cocolab.image;

import java.util.Objects;

/**
 * The certificate of a TLS server.
 *
 * @param keyPem PKCS#8 private key
 * @param certificatePem leaf first, then its chain
 */
public record ServerIdentity(String keyPem, String certificatePem) {

  public ServerIdentity {
    Objects.requireNonNull(keyPem, "keyPem");
    Objects.requireNonNull(certificatePem, "certificatePem");
  }

  /** Names the type only: a private key does not belong into a log. */
  @Override
  public String toString() {
    return "ServerIdentity[...]";
  }
}
