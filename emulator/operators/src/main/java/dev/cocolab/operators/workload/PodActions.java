package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.EventRecorder;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.workload.ReplicaSetStatuses.Failure;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes and deletes the pods of an owner, says so in events of the owner, and expects to be told of
 * what it did.
 */
final class PodActions {
  private final KubernetesClient client;
  private final EventRecorder events;
  private final Expectations expectations;

  PodActions(KubernetesClient client, EventRecorder events, Expectations expectations) {
    this.client = client;
    this.events = events;
    this.expectations = expectations;
  }

  /**
   * Makes pods up to the first that cannot be made; in a namespace that ends that is no failure.
   */
  Optional<Failure> create(ObjectKey key, HasMetadata owner, List<Pod> missing) {
    expectations.expectCreations(key, missing.size());
    for (int done = 0; done < missing.size(); done++) {
      try {
        Pod created = client.resource(missing.get(done)).create();
        events.normal(owner, "SuccessfulCreate", "Created pod: " + created.getMetadata().getName());
      } catch (KubernetesClientException e) {
        for (int i = done; i < missing.size(); i++) {
          expectations.creationSettled(key);
        }
        if (isNamespaceEnding(e)) {
          return Optional.empty();
        }
        events.warning(owner, "FailedCreate", "Error creating: " + reasonOf(e));
        return Optional.of(new Failure("FailedCreate", reasonOf(e)));
      }
    }
    return Optional.empty();
  }

  /** Deletes pods, each that can be; tells the last failure. */
  Optional<Failure> delete(ObjectKey key, HasMetadata owner, List<Pod> unwanted) {
    if (unwanted.isEmpty()) {
      return Optional.empty();
    }
    expectations.expectDeletions(
        key, unwanted.stream().map(p -> p.getMetadata().getUid()).collect(Collectors.toSet()));
    Optional<Failure> failure = Optional.empty();
    for (Pod pod : unwanted) {
      try {
        if (client.resource(pod).delete().isEmpty()) {
          // Gone already, and told of before it was expected.
          expectations.deletionSettled(key, pod.getMetadata().getUid());
          continue;
        }
        events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.getMetadata().getName());
      } catch (KubernetesClientException e) {
        expectations.deletionSettled(key, pod.getMetadata().getUid());
        events.warning(owner, "FailedDelete", "Error deleting: " + reasonOf(e));
        failure = Optional.of(new Failure("FailedDelete", reasonOf(e)));
      }
    }
    return failure;
  }

  /** Nothing can be created in a namespace that is being deleted; the owner goes with it. */
  private static boolean isNamespaceEnding(KubernetesClientException e) {
    return e.getCode() == 403
        && e.getStatus() != null
        && e.getStatus().getDetails() != null
        && e.getStatus().getDetails().getCauses() != null
        && e.getStatus().getDetails().getCauses().stream()
            .anyMatch(c -> "NamespaceTerminating".equals(c.getReason()));
  }

  private static String reasonOf(KubernetesClientException e) {
    return e.getStatus() != null && e.getStatus().getMessage() != null
        ? e.getStatus().getMessage()
        : String.valueOf(e.getMessage());
  }
}
