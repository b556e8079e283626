package dev.cocolab.operators.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeploymentPlanTest {

  private final Deployment deployment = Fixtures.deployment(3, "v1");

  @Test
  void firstStepCreatesASetNamedByTheTemplate() {
    DeploymentPlan plan = plan(deployment, List.of(), List.of());

    assertThat(plan.actions()).hasSize(1);
    ReplicaSet set = ((DeploymentAction.Create) plan.actions().get(0)).set();
    String hash = set.getMetadata().getLabels().get("pod-template-hash");
    assertThat(set.getMetadata().getName()).isEqualTo("web-" + hash);
    assertThat(set.getSpec().getReplicas()).isEqualTo(3);
    assertThat(set.getSpec().getSelector().getMatchLabels())
        .containsEntry("pod-template-hash", hash);
    assertThat(set.getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry("pod-template-hash", hash)
        .containsEntry("app", "web");
    assertThat(set.getMetadata().getAnnotations())
        .containsEntry(ReplicaSets.REVISION, "1")
        .containsEntry(ReplicaSets.DESIRED, "3")
        .containsEntry(ReplicaSets.MAX, "4");
    assertThat(set.getMetadata().getOwnerReferences().get(0).getController()).isTrue();
    assertThat(plan.revision()).contains(1L);
  }

  @Test
  void aFinishedDeploymentIsLeftAlone() {
    assertThat(plan(deployment, List.of(Fixtures.set(deployment, 3, 3, 1)), List.of()).actions())
        .isEmpty();
  }

  @Test
  void restartedAtMakesANewSet() {
    Deployment restarted =
        new DeploymentBuilder(deployment)
            .editSpec()
            .editTemplate()
            .editMetadata()
            .addToAnnotations("kubectl.kubernetes.io/restartedAt", "2026-03-01T10:00:00Z")
            .endMetadata()
            .endTemplate()
            .endSpec()
            .build();

    DeploymentPlan plan = plan(restarted, List.of(Fixtures.set(deployment, 3, 3, 1)), List.of());

    assertThat(plan.newest()).isEmpty();
    assertThat(plan.actions()).singleElement().isInstanceOf(DeploymentAction.Create.class);
    assertThat(plan.revision()).contains(2L);
  }

  @Test
  void aPausedDeploymentStartsNoRollOut() {
    Deployment paused =
        new DeploymentBuilder(Fixtures.deployment(3, "v2"))
            .editSpec()
            .withPaused(true)
            .endSpec()
            .build();
    assertThat(plan(paused, List.of(Fixtures.set(deployment, 3, 3, 1)), List.of()).actions())
        .isEmpty();
  }

  @Test
  void aScaledDeploymentScalesItsOnlySet() {
    Deployment scaled =
        new DeploymentBuilder(deployment).editSpec().withReplicas(5).endSpec().build();

    DeploymentPlan plan = plan(scaled, List.of(Fixtures.set(deployment, 3, 3, 1)), List.of());

    assertThat(plan.actions())
        .singleElement()
        .isInstanceOfSatisfying(
            DeploymentAction.Scale.class,
            scale -> {
              assertThat(scale.replicas()).isEqualTo(5);
              assertThat(scale.annotations()).containsEntry(ReplicaSets.DESIRED, "5");
              assertThat(scale.announce()).isTrue();
            });
  }

  @Test
  void recreateWaitsForTheLastOldPod() {
    Deployment recreate =
        new DeploymentBuilder(Fixtures.deployment(1, "v2"))
            .editSpec()
            .withNewStrategy()
            .withType("Recreate")
            .endStrategy()
            .endSpec()
            .build();
    Deployment before = Fixtures.deployment(1, "v1");
    ReplicaSet running = Fixtures.set(before, 1, 1, 1);
    ReplicaSet stopped = Fixtures.set(before, 0, 0, 1);
    Pod pod = Fixtures.pod("web-1", running, true);

    assertThat(plan(recreate, List.of(running), List.of(pod)).actions())
        .singleElement()
        .isInstanceOfSatisfying(
            DeploymentAction.Scale.class, s -> assertThat(s.replicas()).isZero());
    assertThat(plan(recreate, List.of(stopped), List.of(pod)).actions()).isEmpty();
    assertThat(plan(recreate, List.of(stopped), List.of()).actions())
        .singleElement()
        .isInstanceOf(DeploymentAction.Create.class);
  }

  @Test
  void oldSetsBeyondTheHistoryLimitAreDeleted() {
    Deployment limited =
        new DeploymentBuilder(Fixtures.deployment(1, "v9"))
            .editSpec()
            .withRevisionHistoryLimit(2)
            .endSpec()
            .build();
    List<ReplicaSet> sets = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      sets.add(Fixtures.set(Fixtures.deployment(1, "v" + i), 0, 0, i));
    }
    sets.add(Fixtures.set(limited, 1, 1, 5));

    DeploymentPlan plan = plan(limited, sets, List.of());

    assertThat(plan.actions())
        .extracting(a -> ReplicaSets.revision(((DeploymentAction.Delete) a).set()))
        .containsExactly(1L, 2L);
  }

  @Test
  void anOrphanedSetIsAdoptedAndAStrayOneReleased() {
    ReplicaSet orphan =
        new ReplicaSetBuilder(Fixtures.set(deployment, 3, 3, 1))
            .editMetadata()
            .withOwnerReferences()
            .endMetadata()
            .build();
    ReplicaSet stray =
        new ReplicaSetBuilder(Fixtures.set(Fixtures.deployment(3, "v0"), 1, 1, 1))
            .editMetadata()
            .addToLabels("app", "other")
            .endMetadata()
            .build();

    assertThat(plan(deployment, List.of(orphan, stray), List.of()).actions())
        .containsExactlyInAnyOrder(
            new DeploymentAction.Adopt(orphan), new DeploymentAction.Release(stray));
  }

  @Test
  void aDeploymentBeingDeletedDoesNothing() {
    Deployment ending =
        new DeploymentBuilder(deployment)
            .editMetadata()
            .withDeletionTimestamp("2026-03-01T10:00:00Z")
            .endMetadata()
            .build();
    assertThat(plan(ending, List.of(), List.of()).actions()).isEmpty();
  }

  private static DeploymentPlan plan(Deployment d, List<ReplicaSet> sets, List<Pod> pods) {
    return DeploymentPlan.of(d, sets, pods, Fixtures.HASH);
  }
}
