package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What controllers ask of a pod. */
public final class PodState {

  private PodState() {}

  /** Neither finished nor being deleted. */
  public static boolean isActive(Pod pod) {
    String phase = phase(pod);
    return !phase.equals("Succeeded") && !phase.equals("Failed") && !isTerminating(pod);
  }

  public static boolean isTerminating(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  public static boolean isReady(Pod pod) {
    return readyCondition(pod).filter(c -> "True".equals(c.getStatus())).isPresent();
  }

  /** Ready for at least {@code minReadySeconds}. */
  public static boolean isAvailable(Pod pod, int minReadySeconds, Instant now) {
    if (!isReady(pod)) {
      return false;
    }
    return minReadySeconds == 0
        || readySince(pod)
            .filter(since -> !since.plusSeconds(minReadySeconds).isAfter(now))
            .isPresent();
  }

  /** How long until a ready pod becomes available; empty if it is or if it is not ready. */
  public static Optional<Duration> untilAvailable(Pod pod, int minReadySeconds, Instant now) {
    if (!isReady(pod) || isAvailable(pod, minReadySeconds, now)) {
      return Optional.empty();
    }
    return readySince(pod)
        .map(since -> Duration.between(now, since.plusSeconds(minReadySeconds)).plusMillis(1));
  }

  static Optional<Instant> readySince(Pod pod) {
    return readyCondition(pod)
        .filter(c -> "True".equals(c.getStatus()))
        .map(PodCondition::getLastTransitionTime)
        .map(Instant::parse);
  }

  static String phase(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getPhase() == null
        ? "Pending"
        : pod.getStatus().getPhase();
  }

  static int restarts(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null
        ? 0
        : pod.getStatus().getContainerStatuses().stream()
            .mapToInt(s -> s.getRestartCount() == null ? 0 : s.getRestartCount())
            .max()
            .orElse(0);
  }

  private static Optional<PodCondition> readyCondition(Pod pod) {
    List<PodCondition> conditions =
        pod.getStatus() == null || pod.getStatus().getConditions() == null
            ? List.of()
            : pod.getStatus().getConditions();
    return conditions.stream().filter(c -> "Ready".equals(c.getType())).findFirst();
  }
}
