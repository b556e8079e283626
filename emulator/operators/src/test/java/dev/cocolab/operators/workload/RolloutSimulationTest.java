package dev.cocolab.operators.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Plays a Deployment's steps against sets that live in memory, whose pods become ready in random
 * order.
 */
class RolloutSimulationTest {

  @Property(tries = 150)
  void rollOutNeverLeavesItsBoundsAndEnds(
      @ForAll @IntRange(min = 1, max = 9) int replicas,
      @ForAll @IntRange(max = 3) int surge,
      @ForAll @IntRange(max = 3) int unavailable,
      @ForAll long seed) {
    Cluster cluster = new Cluster(new Random(seed));
    Deployment first = rolling(replicas, surge, unavailable, "v1");
    cluster.run(first, 0);
    assertThat(cluster.available()).isEqualTo(replicas);

    Deployment second = rolling(replicas, surge, unavailable, "v2");
    int minAvailable = replicas - DeploymentSpecs.maxUnavailable(second);
    cluster.run(second, minAvailable);

    assertThat(cluster.sizeOf(second)).isEqualTo(replicas);
    assertThat(cluster.total()).isEqualTo(replicas);
  }

  @Test
  void rollingBackUsesTheOldSetAgainWithANewRevision() {
    Cluster cluster = new Cluster(new Random(1));
    Deployment first = rolling(2, 1, 0, "v1");
    cluster.run(first, 0);
    cluster.run(rolling(2, 1, 0, "v2"), 2);
    cluster.run(first, 2);

    assertThat(cluster.sets).hasSize(2);
    ReplicaSet current = cluster.of(first);
    assertThat(ReplicaSets.annotations(current))
        .containsEntry(ReplicaSets.REVISION, "3")
        .containsEntry(ReplicaSets.REVISION_HISTORY, "1");
  }

  @Test
  void scalingInTheMiddleOfARollOutKeepsBothSetsInProportion() {
    Deployment before = rolling(10, 3, 2, "v1");
    ReplicaSet old = Fixtures.set(before, 8, 8, 1);
    Deployment after = rolling(15, 3, 2, "v2");
    ReplicaSet young =
        new ReplicaSetBuilder(Fixtures.set(rolling(10, 3, 2, "v2"), 5, 0, 2)).build();

    DeploymentPlan plan = DeploymentPlan.of(after, List.of(old, young), List.of(), Fixtures.HASH);

    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (DeploymentAction action : plan.actions()) {
      if (action instanceof DeploymentAction.Scale scale) {
        sizes.put(ReplicaSets.name(scale.set()), scale.replicas());
      }
    }
    assertThat(sizes)
        .containsEntry(ReplicaSets.name(old), 11)
        .containsEntry(ReplicaSets.name(young), 7);
  }

  private static Deployment rolling(int replicas, int surge, int unavailable, String image) {
    return new DeploymentBuilder(Fixtures.deployment(replicas, image))
        .editSpec()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxSurge(new IntOrString(surge))
        .withMaxUnavailable(new IntOrString(unavailable))
        .endRollingUpdate()
        .endStrategy()
        .endSpec()
        .build();
  }

  private static final class Cluster {
    private final Random random;
    private final Map<String, ReplicaSet> sets = new LinkedHashMap<>();
    private int created;

    private Cluster(Random random) {
      this.random = random;
    }

    private void run(Deployment d, int minAvailable) {
      for (int step = 0; step < 500; step++) {
        DeploymentPlan plan =
            DeploymentPlan.of(d, new ArrayList<>(sets.values()), List.of(), Fixtures.HASH);
        plan.actions().forEach(this::apply);
        assertThat(total()).as("pods wanted in step %s", step).isLessThanOrEqualTo(limit(d));
        assertThat(available())
            .as("pods available in step %s", step)
            .isGreaterThanOrEqualTo(minAvailable);
        boolean moved = bringUpSome();
        if (plan.actions().isEmpty() && !moved) {
          return;
        }
      }
      throw new AssertionError("the roll-out does not end: " + sets);
    }

    private static int limit(Deployment d) {
      return DeploymentSpecs.replicas(d) + DeploymentSpecs.maxSurge(d);
    }

    private void apply(DeploymentAction action) {
      if (action instanceof DeploymentAction.Create create) {
        created++;
        ReplicaSet set =
            new ReplicaSetBuilder(create.set())
                .editMetadata()
                .withUid("uid-" + created)
                .withCreationTimestamp("2026-03-01T09:00:0" + created + "Z")
                .endMetadata()
                .build();
        sets.put(ReplicaSets.name(set), resized(set, ReplicaSetPlan.desired(set), 0));
      } else if (action instanceof DeploymentAction.Scale scale) {
        ReplicaSet set = annotated(scale.set(), scale.annotations());
        int available = Math.min(ReplicaSets.available(set), scale.replicas());
        sets.put(ReplicaSets.name(set), resized(set, scale.replicas(), available));
      } else if (action instanceof DeploymentAction.Annotate annotate) {
        sets.put(
            ReplicaSets.name(annotate.set()), annotated(annotate.set(), annotate.annotations()));
      } else {
        throw new AssertionError("unexpected " + action);
      }
    }

    private static ReplicaSet annotated(ReplicaSet set, Map<String, String> annotations) {
      return new ReplicaSetBuilder(set)
          .editMetadata()
          .addToAnnotations(annotations)
          .endMetadata()
          .build();
    }

    private static ReplicaSet resized(ReplicaSet set, int replicas, int available) {
      return new ReplicaSetBuilder(set)
          .editSpec()
          .withReplicas(replicas)
          .endSpec()
          .withNewStatus()
          .withReplicas(replicas)
          .withAvailableReplicas(available)
          .endStatus()
          .build();
    }

    private boolean bringUpSome() {
      boolean waiting = false;
      for (ReplicaSet set : List.copyOf(sets.values())) {
        int missing = ReplicaSetPlan.desired(set) - ReplicaSets.available(set);
        if (missing > 0) {
          waiting = true;
          int more = random.nextInt(missing + 1);
          sets.put(
              ReplicaSets.name(set),
              resized(set, ReplicaSetPlan.desired(set), ReplicaSets.available(set) + more));
        }
      }
      return waiting;
    }

    private ReplicaSet of(Deployment d) {
      return sets.get("web-" + Fixtures.HASH.of(d.getSpec().getTemplate(), 0));
    }

    private int sizeOf(Deployment d) {
      return ReplicaSetPlan.desired(of(d));
    }

    private int total() {
      return ReplicaSets.sum(sets.values(), ReplicaSetPlan::desired);
    }

    private int available() {
      return ReplicaSets.sum(sets.values(), ReplicaSets::available);
    }
  }
}
