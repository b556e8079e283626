package dev.cocolab.lab;

import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Waits until Trustee can be reached, and says what its pods complain of when it cannot. */
final class Readiness {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final KubernetesClient client;
  private final Consumer<String> progress;

  Readiness(KubernetesClient client, Consumer<String> progress) {
    this.client = client;
    this.progress = progress;
  }

  void await() {
    progress.accept("waiting for Trustee");
    try {
      client
          .endpoints()
          .inNamespace(Names.TRUSTEE_NAMESPACE)
          .withName("kbs-service")
          .waitUntilCondition(Readiness::hasAddress, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (KubernetesClientTimeoutException e) {
      throw new LabException(
          Reason.NOT_READY,
          "Trustee is not ready after %d s; events: %s".formatted(LIMIT.toSeconds(), warnings()),
          e);
    }
  }

  private static boolean hasAddress(Endpoints endpoints) {
    return endpoints != null
        && endpoints.getSubsets() != null
        && endpoints.getSubsets().stream()
            .anyMatch(subset -> subset.getAddresses() != null && !subset.getAddresses().isEmpty());
  }

  private String warnings() {
    return client.v1().events().inNamespace(Names.TRUSTEE_NAMESPACE).list().getItems().stream()
        .filter(event -> "Warning".equals(event.getType()))
        .map(Event::getMessage)
        .distinct()
        .collect(Collectors.joining("; "));
  }
}
