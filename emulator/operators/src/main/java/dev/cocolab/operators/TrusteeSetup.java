package dev.cocolab.operators;

import io.fabric8.kubernetes.client.KubernetesClient;

public final class TrusteeSetup {

  private final KubernetesClient client;

  public TrusteeSetup(KubernetesClient client) {
    this.client = client;
  }

  /** A key pair as PEM: the certificate chain and the PKCS#8 private key. */
  public record TlsPair(String certificatePem, String privateKeyPem) {}

  public record Request(String namespace, String name, TlsPair https, TlsPair token) {}

  public void installDefinitions() {
    client.getMasterUrl();
  }

  public void apply(Request request) {}
}
