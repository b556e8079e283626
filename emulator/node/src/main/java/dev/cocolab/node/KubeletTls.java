package dev.cocolab.node;

import java.util.Objects;

/**
 * Identity of the kubelet's HTTPS endpoint.
 *
 * @param certificatePem certificate chain; its subject alternative names hold the node's address
 * @param keyPem PKCS #8 private key
 * @param clientCaPem authority of the client's certificate
 * @param callers which of its clients are served
 */
public record KubeletTls(
    String certificatePem, String keyPem, String clientCaPem, KubeletCallers callers) {
  /** Rejects null parts. */
  public KubeletTls {
    Objects.requireNonNull(certificatePem, "certificatePem");
    Objects.requireNonNull(keyPem, "keyPem");
    Objects.requireNonNull(clientCaPem, "clientCaPem");
    Objects.requireNonNull(callers, "callers");
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return "KubeletTls[" + certificatePem.length() + " characters of certificate]";
  }
}
