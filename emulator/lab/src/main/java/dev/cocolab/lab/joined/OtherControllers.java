package dev.cocolab.lab.joined;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether a cluster has a kube-controller-manager, which must not get our controllers
 * beside it. In this order: its leader's lease ({@code kube-system/kube-controller-manager}),
 * renewed within a minute, says yes; a namespace {@code default} without ServiceAccount {@code
 * default} says no; otherwise a new namespace that gets its ServiceAccount within five seconds says
 * yes.
 */
public final class OtherControllers {
  private static final Duration FRESH = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String ACCOUNT = "default";

  private OtherControllers() {}

  /** Whether there is one. */
  public static boolean isPresent(KubernetesClient client, Clock clock) {
    Lease lease =
        client.leases().inNamespace("kube-system").withName("kube-controller-manager").get();
    if (lease != null
        && lease.getSpec() != null
        && lease.getSpec().getRenewTime() != null
        && lease.getSpec().getRenewTime().toInstant().plus(FRESH).isAfter(clock.instant())) {
      return true;
    }
    return client.serviceAccounts().inNamespace("default").withName(ACCOUNT).get() != null
        && givesAccounts(client);
  }

  private static boolean givesAccounts(KubernetesClient client) {
    Namespace probe =
        client
            .resource(
                new NamespaceBuilder()
                    .withNewMetadata()
                    .withGenerateName("cocolab-probe-")
                    .withLabels(Marker.labels())
                    .endMetadata()
                    .build())
            .create();
    String name = probe.getMetadata().getName();
    try {
      client
          .serviceAccounts()
          .inNamespace(name)
          .withName(ACCOUNT)
          .waitUntilCondition(Objects::nonNull, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (KubernetesClientTimeoutException e) {
      return false;
    } finally {
      client.namespaces().withName(name).delete();
    }
  }
}
