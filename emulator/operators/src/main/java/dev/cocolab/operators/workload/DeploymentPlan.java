package dev.cocolab.operators.workload;

import dev.cocolab.operators.control.Owners;
import dev.cocolab.operators.control.Selector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a Deployment has to have done next, decided from what is observed. One call makes one step:
 * the controller carries the actions out and the changes they cause lead to the next step.
 *
 * @param actions in the order in which they are carried out
 * @param newest the set of the current template, if it exists already
 * @param old the other sets
 * @param revision what the Deployment's revision annotation should say
 */
record DeploymentPlan(
    List<DeploymentAction> actions,
    Optional<ReplicaSet> newest,
    List<ReplicaSet> old,
    Optional<Long> revision) {

  DeploymentPlan {
    actions = List.copyOf(actions);
    old = List.copyOf(old);
  }

  static DeploymentPlan of(
      Deployment d,
      Collection<ReplicaSet> setsOfNamespace,
      Collection<Pod> podsOfNamespace,
      TemplateHash hash) {
    return new Step(d, hash).plan(setsOfNamespace, podsOfNamespace);
  }

  List<ReplicaSet> all() {
    List<ReplicaSet> result = new ArrayList<>(old);
    newest.ifPresent(result::add);
    return result;
  }

  private static final class Step {
    private final Deployment d;
    private final TemplateHash hash;
    private final List<DeploymentAction> actions = new ArrayList<>();

    private Step(Deployment d, TemplateHash hash) {
      this.d = d;
      this.hash = hash;
    }

    private DeploymentPlan plan(Collection<ReplicaSet> sets, Collection<Pod> pods) {
      boolean ending = d.getMetadata().getDeletionTimestamp() != null;
      List<ReplicaSet> owned = claim(sets, ending);
      Optional<ReplicaSet> newest = newest(owned);
      List<ReplicaSet> old =
          owned.stream()
              .filter(s -> !Optional.of(s).equals(newest))
              .sorted(ReplicaSets.OLDEST_FIRST)
              .toList();
      if (ending) {
        return new DeploymentPlan(actions, newest, old, Optional.empty());
      }
      if (DeploymentSpecs.paused(d) || wasScaled(owned)) {
        newest.ifPresent(this::reviseIfNeeded);
        scaleAll(newest, old);
        return new DeploymentPlan(
            actions, newest, old, newest.map(ReplicaSets::revision).filter(r -> r > 0));
      }
      long next = old.stream().mapToLong(ReplicaSets::revision).max().orElse(0) + 1;
      long revision = newest.map(s -> Math.max(next, ReplicaSets.revision(s))).orElse(next);
      if (DeploymentSpecs.recreates(d)) {
        recreate(newest, old, pods, revision);
      } else {
        roll(newest, old, revision);
      }
      newest.ifPresent(n -> cleanUp(n, old));
      return new DeploymentPlan(actions, newest, old, Optional.of(revision));
    }

    private List<ReplicaSet> claim(Collection<ReplicaSet> sets, boolean ending) {
      Selector selector = Selector.of(d.getSpec().getSelector());
      List<ReplicaSet> owned = new ArrayList<>();
      for (ReplicaSet set : sets) {
        boolean matches = selector.matches(set.getMetadata().getLabels());
        if (Owners.isControlledBy(set, d)) {
          if (matches) {
            owned.add(set);
          } else if (!ending) {
            actions.add(new DeploymentAction.Release(set));
          }
        } else if (matches
            && !ending
            && Owners.controllerOf(set).isEmpty()
            && set.getMetadata().getDeletionTimestamp() == null) {
          actions.add(new DeploymentAction.Adopt(set));
          owned.add(set);
        }
      }
      return owned;
    }

    /**
     * The oldest set with the Deployment's template; the label is asked too in case the API server
     * has filled in defaults.
     */
    private Optional<ReplicaSet> newest(List<ReplicaSet> owned) {
      String label = hash.of(d.getSpec().getTemplate(), collisions());
      return owned.stream()
          .filter(
              s ->
                  hash.same(s.getSpec().getTemplate(), d.getSpec().getTemplate())
                      || ReplicaSets.name(s).equals(d.getMetadata().getName() + "-" + label))
          .min(ReplicaSets.OLDEST_FIRST);
    }

    private int collisions() {
      return d.getStatus() == null || d.getStatus().getCollisionCount() == null
          ? 0
          : d.getStatus().getCollisionCount();
    }

    private boolean wasScaled(List<ReplicaSet> owned) {
      String desired = Integer.toString(DeploymentSpecs.replicas(d));
      return owned.stream()
          .filter(s -> ReplicaSetPlan.desired(s) > 0)
          .map(s -> ReplicaSets.annotations(s).get(ReplicaSets.DESIRED))
          .anyMatch(a -> a != null && !a.equals(desired));
    }

    private void scaleAll(Optional<ReplicaSet> newest, List<ReplicaSet> old) {
      List<ReplicaSet> all = new ArrayList<>(old);
      newest.ifPresent(all::add);
      List<ReplicaSet> active = all.stream().filter(s -> ReplicaSetPlan.desired(s) > 0).toList();
      if (active.size() <= 1) {
        Optional<ReplicaSet> only = active.stream().findFirst().or(() -> newest);
        only.ifPresent(s -> scale(s, DeploymentSpecs.replicas(d)));
        return;
      }
      boolean saturated =
          newest
              .filter(
                  n ->
                      ReplicaSetPlan.desired(n) == DeploymentSpecs.replicas(d)
                          && ReplicaSets.available(n) == DeploymentSpecs.replicas(d))
              .isPresent();
      if (saturated) {
        old.stream().filter(s -> ReplicaSetPlan.desired(s) > 0).forEach(s -> scale(s, 0));
      } else if (!DeploymentSpecs.recreates(d) && wasScaled(active)) {
        RollingUpdate.proportional(d, active).forEach(this::scale);
      }
    }

    private void roll(Optional<ReplicaSet> newest, List<ReplicaSet> old, long revision) {
      int oldReplicas = ReplicaSets.sum(old, ReplicaSetPlan::desired);
      if (newest.isEmpty()) {
        create(RollingUpdate.newSize(d, 0, oldReplicas), revision);
        return;
      }
      ReplicaSet set = newest.get();
      int now = ReplicaSetPlan.desired(set);
      int size = RollingUpdate.newSize(d, now, now + oldReplicas);
      if (size != now) {
        scale(set, size, revised(set, revision));
        return;
      }
      revise(set, revision);
      RollingUpdate.shrinkOld(d, set, old).forEach(this::scale);
    }

    private void recreate(
        Optional<ReplicaSet> newest, List<ReplicaSet> old, Collection<Pod> pods, long revision) {
      List<ReplicaSet> running = old.stream().filter(s -> ReplicaSetPlan.desired(s) > 0).toList();
      if (!running.isEmpty()) {
        running.forEach(s -> scale(s, 0));
        return;
      }
      boolean oldPods =
          pods.stream()
              .filter(
                  p ->
                      !"Succeeded".equals(PodState.phase(p)) && !"Failed".equals(PodState.phase(p)))
              .anyMatch(p -> old.stream().anyMatch(s -> Owners.isControlledBy(p, s)));
      if (oldPods) {
        return;
      }
      if (newest.isEmpty()) {
        create(DeploymentSpecs.replicas(d), revision);
      } else {
        scale(newest.get(), DeploymentSpecs.replicas(d), revised(newest.get(), revision));
      }
    }

    private void create(int replicas, long revision) {
      String label = hash.of(d.getSpec().getTemplate(), collisions());
      actions.add(new DeploymentAction.Create(ReplicaSets.create(d, label, replicas, revision)));
    }

    private void scale(ReplicaSet set, int replicas) {
      scale(set, replicas, Map.of());
    }

    private void scale(ReplicaSet set, int replicas, Map<String, String> more) {
      Map<String, String> annotations = new LinkedHashMap<>(ReplicaSets.sizeAnnotations(d));
      annotations.putAll(more);
      boolean sizeChanges = ReplicaSetPlan.desired(set) != replicas;
      if (sizeChanges
          || !ReplicaSets.annotations(set).entrySet().containsAll(annotations.entrySet())) {
        actions.add(new DeploymentAction.Scale(set, replicas, annotations, sizeChanges));
      }
    }

    private void revise(ReplicaSet set, long revision) {
      Map<String, String> annotations = revised(set, revision);
      if (!annotations.isEmpty()) {
        actions.add(new DeploymentAction.Annotate(set, annotations));
      }
    }

    private void reviseIfNeeded(ReplicaSet set) {
      if (ReplicaSets.revision(set) == 0) {
        revise(set, 1);
      }
    }

    /** A set that becomes current again gets the next revision and remembers the one it had. */
    private static Map<String, String> revised(ReplicaSet set, long revision) {
      long before = ReplicaSets.revision(set);
      if (before >= revision) {
        return Map.of();
      }
      Map<String, String> result = new HashMap<>();
      result.put(ReplicaSets.REVISION, Long.toString(revision));
      if (before > 0) {
        String history = ReplicaSets.annotations(set).get(ReplicaSets.REVISION_HISTORY);
        result.put(
            ReplicaSets.REVISION_HISTORY, history == null ? "" + before : history + "," + before);
      }
      return result;
    }

    private void cleanUp(ReplicaSet newest, List<ReplicaSet> old) {
      boolean complete =
          old.stream().allMatch(s -> ReplicaSetPlan.desired(s) == 0 && ReplicaSets.observed(s) == 0)
              && ReplicaSets.available(newest) == DeploymentSpecs.replicas(d);
      if (!complete) {
        return;
      }
      List<ReplicaSet> removable =
          old.stream()
              .filter(s -> s.getMetadata().getDeletionTimestamp() == null)
              .sorted(java.util.Comparator.comparingLong(ReplicaSets::revision))
              .toList();
      int tooMany = removable.size() - DeploymentSpecs.historyLimit(d);
      removable.stream()
          .limit(Math.max(0, tooMany))
          .forEach(s -> actions.add(new DeploymentAction.Delete(s)));
    }
  }
}
