package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The status of a Deployment, with the reasons and messages of kube-controller-manager (deployment
 * controller, Kubernetes 1.32).
 */
final class DeploymentStatuses {

  private static final String AVAILABLE = "Available";
  private static final String PROGRESSING = "Progressing";
  private static final String COMPLETE = "NewReplicaSetAvailable";

  private final Deployment d;
  private final DeploymentPlan plan;
  private final Instant now;

  DeploymentStatuses(Deployment d, DeploymentPlan plan, Instant now) {
    this.d = d;
    this.plan = plan;
    this.now = now;
  }

  /**
   * The status after this step.
   *
   * @param created name of the set that was created in this step, if one was
   * @param failure why a set could not be created, if that is so
   */
  DeploymentStatus compute(Optional<String> created, Optional<String> failure) {
    List<ReplicaSet> all = plan.all();
    int available = ReplicaSets.sum(all, ReplicaSets::available);
    int total = ReplicaSets.sum(all, ReplicaSetPlan::desired);
    DeploymentStatusBuilder status =
        new DeploymentStatusBuilder()
            .withObservedGeneration(d.getMetadata().getGeneration())
            .withReplicas(positive(ReplicaSets.sum(all, ReplicaSets::observed)))
            .withUpdatedReplicas(positive(plan.newest().map(ReplicaSets::observed).orElse(0)))
            .withReadyReplicas(positive(ReplicaSets.sum(all, ReplicaSets::ready)))
            .withAvailableReplicas(positive(available))
            .withUnavailableReplicas(positive(Math.max(0, total - available)))
            .withCollisionCount(d.getStatus() == null ? null : d.getStatus().getCollisionCount());
    List<DeploymentCondition> conditions = new ArrayList<>();
    conditions.add(availability(available));
    DeploymentStatus counted = status.build();
    progress(counted, created, failure).ifPresent(conditions::add);
    replicaFailure(all).ifPresent(conditions::add);
    return new DeploymentStatusBuilder(counted).withConditions(conditions).build();
  }

  /** When to look again because the deadline for progress passes; empty if there is none. */
  Optional<Duration> untilDeadline(DeploymentStatus status) {
    Optional<Integer> deadline = DeploymentSpecs.progressDeadlineSeconds(d);
    Optional<DeploymentCondition> progressing = condition(status, PROGRESSING);
    if (deadline.isEmpty() || progressing.isEmpty() || DeploymentSpecs.paused(d)) {
      return Optional.empty();
    }
    String reason = progressing.get().getReason();
    if (reason.equals(COMPLETE) || reason.equals("ProgressDeadlineExceeded")) {
      return Optional.empty();
    }
    Instant end =
        Instant.parse(progressing.get().getLastUpdateTime()).plusSeconds(deadline.get() + 1);
    return Optional.of(Duration.between(now, end));
  }

  private DeploymentCondition availability(int available) {
    return available >= DeploymentSpecs.replicas(d) - DeploymentSpecs.maxUnavailable(d)
        ? merged(
            AVAILABLE, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        : merged(
            AVAILABLE,
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.");
  }

  private Optional<DeploymentCondition> progress(
      DeploymentStatus counted, Optional<String> created, Optional<String> failure) {
    if (failure.isPresent()) {
      return Optional.of(merged(PROGRESSING, "False", "ReplicaSetCreateError", failure.get()));
    }
    if (DeploymentSpecs.progressDeadlineSeconds(d).isEmpty()) {
      return Optional.empty();
    }
    Optional<DeploymentCondition> before = condition(d.getStatus(), PROGRESSING);
    if (DeploymentSpecs.paused(d)) {
      return Optional.of(
          merged(PROGRESSING, "Unknown", "DeploymentPaused", "Deployment is paused"));
    }
    if (created.isPresent()) {
      return Optional.of(
          merged(
              PROGRESSING,
              "True",
              "NewReplicaSetCreated",
              "Created new replica set \"" + created.get() + "\""));
    }
    if (before.isPresent() && "DeploymentPaused".equals(before.get().getReason())) {
      return Optional.of(
          merged(PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed"));
    }
    String subject =
        plan.newest()
            .map(set -> "ReplicaSet \"" + ReplicaSets.name(set) + "\"")
            .orElse("Deployment \"" + d.getMetadata().getName() + "\"");
    boolean wasComplete =
        before.isPresent()
            && before.get().getReason().equals(COMPLETE)
            && count(counted.getReplicas()) == count(counted.getUpdatedReplicas());
    if (wasComplete) {
      return before;
    }
    if (complete(counted)) {
      return Optional.of(
          merged(PROGRESSING, "True", COMPLETE, subject + " has successfully progressed."));
    }
    if (progressing(counted)) {
      return Optional.of(progressed(before, subject + " is progressing."));
    }
    if (timedOut(before)) {
      return Optional.of(
          merged(
              PROGRESSING,
              "False",
              "ProgressDeadlineExceeded",
              subject + " has timed out progressing."));
    }
    return before.or(
        () ->
            plan.newest()
                .map(
                    set ->
                        merged(
                            PROGRESSING,
                            "True",
                            "FoundNewReplicaSet",
                            "Found new replica set \"" + ReplicaSets.name(set) + "\"")));
  }

  private boolean complete(DeploymentStatus status) {
    int desired = DeploymentSpecs.replicas(d);
    return count(status.getUpdatedReplicas()) == desired
        && count(status.getReplicas()) == desired
        && count(status.getAvailableReplicas()) == desired;
  }

  private boolean progressing(DeploymentStatus status) {
    DeploymentStatus before = d.getStatus();
    if (before == null) {
      return count(status.getUpdatedReplicas()) > 0;
    }
    int oldNow = count(status.getReplicas()) - count(status.getUpdatedReplicas());
    int oldBefore = count(before.getReplicas()) - count(before.getUpdatedReplicas());
    return count(status.getUpdatedReplicas()) > count(before.getUpdatedReplicas())
        || oldNow < oldBefore
        || count(status.getReadyReplicas()) > count(before.getReadyReplicas())
        || count(status.getAvailableReplicas()) > count(before.getAvailableReplicas());
  }

  private boolean timedOut(Optional<DeploymentCondition> before) {
    return before.isPresent()
        && (before.get().getReason().equals("ProgressDeadlineExceeded")
            || Instant.parse(before.get().getLastUpdateTime())
                .plusSeconds(DeploymentSpecs.progressDeadlineSeconds(d).orElseThrow())
                .isBefore(now));
  }

  private Optional<DeploymentCondition> replicaFailure(List<ReplicaSet> all) {
    return all.stream()
        .flatMap(set -> ReplicaSetStatuses.failureCondition(set).stream())
        .reduce((first, second) -> second)
        .map(
            c ->
                merged(
                    ReplicaSetStatuses.REPLICA_FAILURE,
                    c.getStatus(),
                    c.getReason(),
                    c.getMessage()));
  }

  /**
   * Each step forward counts as an update, so that the deadline starts anew, but not as a
   * transition.
   */
  private DeploymentCondition progressed(Optional<DeploymentCondition> before, String message) {
    String transition =
        before
            .filter(c -> "True".equals(c.getStatus()))
            .map(DeploymentCondition::getLastTransitionTime)
            .orElse(stamp());
    return condition(PROGRESSING, "True", "ReplicaSetUpdated", message, transition);
  }

  /** Keeps a condition that says the same, and the transition time of one with the same status. */
  private DeploymentCondition merged(String type, String status, String reason, String message) {
    Optional<DeploymentCondition> before = condition(d.getStatus(), type);
    if (before.isPresent() && before.get().getStatus().equals(status)) {
      if (before.get().getReason().equals(reason)) {
        return before.get();
      }
      return condition(type, status, reason, message, before.get().getLastTransitionTime());
    }
    return condition(type, status, reason, message, stamp());
  }

  private DeploymentCondition condition(
      String type, String status, String reason, String message, String transition) {
    return new DeploymentConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastUpdateTime(stamp())
        .withLastTransitionTime(transition)
        .build();
  }

  private String stamp() {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static Optional<DeploymentCondition> condition(DeploymentStatus status, String type) {
    return status == null || status.getConditions() == null
        ? Optional.empty()
        : status.getConditions().stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  private static int count(Integer value) {
    return value == null ? 0 : value;
  }

  private static Integer positive(int count) {
    return count == 0 ? null : count;
  }
}
