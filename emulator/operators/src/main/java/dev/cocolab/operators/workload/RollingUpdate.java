package dev.cocolab.operators.workload;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many pods each ReplicaSet of a Deployment should have next. Never more than {@code replicas +
 * maxSurge} in total, never fewer than {@code replicas - maxUnavailable} available (apps/v1
 * RollingUpdate).
 */
final class RollingUpdate {

  private RollingUpdate() {}

  /** Size of the newest set, given how many pods all sets are meant to have together. */
  static int newSize(Deployment d, int newReplicas, int allReplicas) {
    int desired = DeploymentSpecs.replicas(d);
    if (DeploymentSpecs.recreates(d) || newReplicas > desired) {
      return desired;
    }
    int room = desired + DeploymentSpecs.maxSurge(d) - allReplicas;
    return newReplicas + Math.max(0, Math.min(room, desired - newReplicas));
  }

  /** New sizes of the old sets; sets that keep their size are left out. */
  static Map<ReplicaSet, Integer> shrinkOld(Deployment d, ReplicaSet newest, List<ReplicaSet> old) {
    Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
    List<ReplicaSet> byAge = old.stream().sorted(ReplicaSets.OLDEST_FIRST).toList();
    byAge.forEach(set -> sizes.put(set, ReplicaSetPlan.desired(set)));
    int oldReplicas = ReplicaSets.sum(old, ReplicaSetPlan::desired);
    int minAvailable = DeploymentSpecs.replicas(d) - DeploymentSpecs.maxUnavailable(d);
    int newReplicas = ReplicaSetPlan.desired(newest);
    int spare =
        oldReplicas + newReplicas - minAvailable - (newReplicas - ReplicaSets.available(newest));
    if (oldReplicas == 0 || spare <= 0) {
      return Map.of();
    }
    // Pods that do not serve anyway go first.
    for (ReplicaSet set : byAge) {
      int unhealthy = Math.max(0, sizes.get(set) - ReplicaSets.available(set));
      int less = Math.min(spare, unhealthy);
      sizes.merge(set, -less, Integer::sum);
      spare -= less;
    }
    int surplus =
        ReplicaSets.sum(old, ReplicaSets::available) + ReplicaSets.available(newest) - minAvailable;
    for (ReplicaSet set : byAge) {
      int less = Math.max(0, Math.min(surplus, sizes.get(set)));
      sizes.merge(set, -less, Integer::sum);
      surplus -= less;
    }
    sizes.entrySet().removeIf(e -> e.getValue() == ReplicaSetPlan.desired(e.getKey()));
    return sizes;
  }

  /**
   * New sizes after the Deployment itself was scaled in the middle of a roll-out: the change is
   * shared out in proportion to the sets' sizes, the largest taking what rounding leaves.
   */
  static Map<ReplicaSet, Integer> proportional(Deployment d, List<ReplicaSet> active) {
    Map<ReplicaSet, Integer> sizes = new LinkedHashMap<>();
    int desired = DeploymentSpecs.replicas(d);
    if (active.size() == 1) {
      sizes.put(active.get(0), desired);
      return sizes;
    }
    int total = ReplicaSets.sum(active, ReplicaSetPlan::desired);
    int allowed = desired == 0 ? 0 : desired + DeploymentSpecs.maxSurge(d);
    int toShare = allowed - total;
    int rest = toShare;
    List<ReplicaSet> byInfluence =
        active.stream()
            .sorted(
                java.util.Comparator.comparingInt((ReplicaSet r) -> -ReplicaSetPlan.desired(r))
                    .thenComparing(
                        toShare > 0
                            ? ReplicaSets.OLDEST_FIRST.reversed()
                            : ReplicaSets.OLDEST_FIRST))
            .toList();
    for (ReplicaSet set : byInfluence) {
      int size = ReplicaSetPlan.desired(set);
      int share = total == 0 ? 0 : Math.round((float) toShare * size / total);
      share = toShare > 0 ? Math.min(share, rest) : Math.max(share, rest);
      share = Math.max(share, -size);
      sizes.put(set, size + share);
      rest -= share;
    }
    ReplicaSet largest = byInfluence.get(0);
    sizes.put(largest, Math.max(0, sizes.get(largest) + rest));
    return sizes;
  }
}
