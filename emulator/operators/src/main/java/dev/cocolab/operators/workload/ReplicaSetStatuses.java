package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The status of a ReplicaSet, as a function of its pods. */
final class ReplicaSetStatuses {

  static final String REPLICA_FAILURE = "ReplicaFailure";

  private ReplicaSetStatuses() {}

  /**
   * The status for these pods.
   *
   * @param failure message of the last creation or deletion that failed; its condition stays until
   *     all pods are there
   */
  static ReplicaSetStatus of(
      ReplicaSet set, List<Pod> owned, Optional<Failure> failure, Instant now) {
    int minReady = minReadySeconds(set);
    Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
    Map<String, String> wanted = labels == null ? Map.of() : labels;
    long labelled =
        owned.stream()
            .map(p -> p.getMetadata().getLabels())
            .filter(l -> l != null && l.entrySet().containsAll(wanted.entrySet()))
            .count();
    long ready = owned.stream().filter(PodState::isReady).count();
    long available = owned.stream().filter(p -> PodState.isAvailable(p, minReady, now)).count();
    return new ReplicaSetStatusBuilder()
        .withReplicas(owned.size())
        .withFullyLabeledReplicas(positive(labelled))
        .withReadyReplicas(positive(ready))
        .withAvailableReplicas(positive(available))
        .withObservedGeneration(set.getMetadata().getGeneration())
        .withConditions(conditions(set, owned, failure, now))
        .build();
  }

  static int minReadySeconds(ReplicaSet set) {
    return set.getSpec().getMinReadySeconds() == null ? 0 : set.getSpec().getMinReadySeconds();
  }

  private static List<ReplicaSetCondition> conditions(
      ReplicaSet set, List<Pod> owned, Optional<Failure> failure, Instant now) {
    Optional<ReplicaSetCondition> before = failureCondition(set);
    if (failure.isEmpty()) {
      boolean complete = owned.size() == ReplicaSetPlan.desired(set);
      return complete ? List.of() : before.map(List::of).orElse(List.of());
    }
    if (before.isPresent() && before.get().getReason().equals(failure.get().reason())) {
      return List.of(before.get());
    }
    return List.of(
        new ReplicaSetConditionBuilder()
            .withType(REPLICA_FAILURE)
            .withStatus("True")
            .withReason(failure.get().reason())
            .withMessage(failure.get().message())
            .withLastTransitionTime(now.truncatedTo(ChronoUnit.SECONDS).toString())
            .build());
  }

  static Optional<ReplicaSetCondition> failureCondition(ReplicaSet set) {
    return set.getStatus() == null || set.getStatus().getConditions() == null
        ? Optional.empty()
        : set.getStatus().getConditions().stream()
            .filter(c -> REPLICA_FAILURE.equals(c.getType()))
            .findFirst();
  }

  /** Counts of zero are left out, as in the Go types. */
  private static Integer positive(long count) {
    return count == 0 ? null : (int) count;
  }

  /**
   * Why a pod could not be created or deleted.
   *
   * @param reason {@code FailedCreate} or {@code FailedDelete}
   */
  record Failure(String reason, String message) {}
}
