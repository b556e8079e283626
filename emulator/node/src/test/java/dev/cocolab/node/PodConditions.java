package dev.cocolab.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.function.Predicate;

/** What tests wait for. */
final class PodConditions {
  private PodConditions() {}

  static Predicate<Pod> phase(String phase) {
    return pod -> pod.getStatus() != null && phase.equals(pod.getStatus().getPhase());
  }

  static Predicate<Pod> ready() {
    return pod ->
        pod.getStatus() != null
            && pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(PodCondition::getStatus)
                .anyMatch("True"::equals);
  }

  static Predicate<Pod> waiting(String reason) {
    return pod ->
        pod.getStatus() != null
            && pod.getStatus().getContainerStatuses().stream()
                .anyMatch(
                    status ->
                        status.getState().getWaiting() != null
                            && reason.equals(status.getState().getWaiting().getReason()));
  }
}
