package dev.cocolab.lab;

import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Waits until Trustee can be reached, and says what its pods complain of when it cannot. */
final class Readiness {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What a user has broken must not keep its repair away for long. */
  private static final Duration AGAIN_LIMIT = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final RouteBackend backend;
  private final Consumer<String> progress;

  Readiness(KubernetesClient client, RouteBackend backend, Consumer<String> progress) {
    this.client = client;
    this.backend = backend;
    this.progress = progress;
  }

  /**
   * Waits after a first start.
   *
   * @throws LabException NOT_READY after a minute
   */
  void await() {
    progress.accept("waiting for Trustee");
    if (!backend.await(LIMIT)) {
      throw new LabException(Reason.NOT_READY, complaint(LIMIT));
    }
  }

  /**
   * Waits for the Trustee of a cluster that goes on, if it has one. The user may have broken it
   * before the lab ended, and can mend it only in a lab that runs.
   */
  void awaitAgain() {
    Deployment deployment =
        client
            .apps()
            .deployments()
            .inNamespace(Names.TRUSTEE_NAMESPACE)
            .withName("trustee-deployment")
            .get();
    if (deployment == null || Integer.valueOf(0).equals(deployment.getSpec().getReplicas())) {
      progress.accept("the cluster was stopped without a running Trustee, and starts without one");
      return;
    }
    progress.accept("waiting for Trustee");
    if (!backend.await(AGAIN_LIMIT)) {
      progress.accept(
          complaint(AGAIN_LIMIT) + "; the lab starts all the same, so that you can mend it");
    }
  }

  private String complaint(Duration limit) {
    return "Trustee is not ready after %d s; events: %s".formatted(limit.toSeconds(), warnings());
  }

  private String warnings() {
    return client.v1().events().inNamespace(Names.TRUSTEE_NAMESPACE).list().getItems().stream()
        .filter(event -> "Warning".equals(event.getType()))
        .map(Event::getMessage)
        .distinct()
        .collect(Collectors.joining("; "));
  }
}
