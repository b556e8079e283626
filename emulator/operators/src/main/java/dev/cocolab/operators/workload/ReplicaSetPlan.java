package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Owners;
import dev.cocolab.operators.control.Selector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What a ReplicaSet has to do about the pods it sees.
 *
 * @param adopt pods without a controller that match the selector
 * @param release pods it controls whose labels no longer match
 * @param owned active pods it controls, those to adopt included
 * @param create how many pods are missing
 * @param delete pods that are too many, the least valuable first
 */
record ReplicaSetPlan(
    List<Pod> adopt, List<Pod> release, List<Pod> owned, int create, List<Pod> delete) {

  ReplicaSetPlan {
    adopt = List.copyOf(adopt);
    release = List.copyOf(release);
    owned = List.copyOf(owned);
    delete = List.copyOf(delete);
  }

  static ReplicaSetPlan of(ReplicaSet set, Collection<Pod> podsOfNamespace) {
    Selector selector = Selector.of(set.getSpec().getSelector());
    boolean ending = set.getMetadata().getDeletionTimestamp() != null;
    List<Pod> adopt = new ArrayList<>();
    List<Pod> release = new ArrayList<>();
    List<Pod> owned = new ArrayList<>();
    for (Pod pod : podsOfNamespace) {
      boolean matches = selector.matches(pod.getMetadata().getLabels());
      if (Owners.isControlledBy(pod, set)) {
        if (matches) {
          owned.add(pod);
        } else if (!ending) {
          release.add(pod);
        }
      } else if (matches
          && !ending
          && Owners.controllerOf(pod).isEmpty()
          && PodState.isActive(pod)) {
        adopt.add(pod);
        owned.add(pod);
      }
    }
    owned.removeIf(pod -> !PodState.isActive(pod));
    int surplus = ending ? 0 : owned.size() - desired(set);
    List<Pod> delete =
        surplus <= 0
            ? List.of()
            : owned.stream().sorted(leastValuableFirst()).limit(surplus).toList();
    return new ReplicaSetPlan(adopt, release, owned, Math.max(0, -surplus), delete);
  }

  static int desired(ReplicaSet set) {
    return set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
  }

  /**
   * The order in which Kubernetes gives pods up: unassigned, pending, not ready, ready for the
   * shortest time, restarted, youngest.
   */
  static Comparator<Pod> leastValuableFirst() {
    return Comparator.comparing((Pod p) -> p.getSpec() != null && p.getSpec().getNodeName() != null)
        .thenComparingInt(p -> phaseRank(PodState.phase(p)))
        .thenComparing(PodState::isReady)
        .thenComparing(
            (Pod p) -> PodState.readySince(p).orElse(Instant.MIN), Comparator.reverseOrder())
        .thenComparing(PodState::restarts, Comparator.reverseOrder())
        .thenComparing(
            (Pod p) -> text(p.getMetadata().getCreationTimestamp()), Comparator.reverseOrder())
        .thenComparing(p -> p.getMetadata().getName());
  }

  private static int phaseRank(String phase) {
    return switch (phase) {
      case "Pending" -> 0;
      case "Running" -> 2;
      default -> 1;
    };
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }
}
