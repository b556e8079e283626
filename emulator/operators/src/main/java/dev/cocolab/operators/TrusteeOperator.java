package dev.cocolab.operators;

import io.fabric8.kubernetes.client.KubernetesClient;

public final class TrusteeOperator implements AutoCloseable {

  private TrusteeOperator() {}

  public static TrusteeOperator start(KubernetesClient client, TrusteeOperatorOptions options) {
    return new TrusteeOperator();
  }

  @Override
  public void close() {}
}
