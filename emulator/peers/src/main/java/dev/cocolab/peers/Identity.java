package dev.cocolab.peers;

/**
 * A certificate and its key.
 *
 * @param certificatePem X.509, PEM
 * @param keyPem PKCS #8, PEM, secp256r1
 */
public record Identity(String certificatePem, String keyPem) {
  /** Without the key. */
  @Override
  public String toString() {
    return "Identity[" + certificatePem + "]";
  }
}
