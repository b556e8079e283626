package dev.cocolab.operators.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.workload.ReplicaSetStatuses.Failure;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplicaSetPlanTest {

  private final ReplicaSet set =
      new ReplicaSetBuilder(Fixtures.set(Fixtures.deployment(2, "v1"), 2, 0, 1))
          .editSpec()
          .editSelector()
          .removeFromMatchLabels("pod-template-hash")
          .endSelector()
          .endSpec()
          .build();

  @Test
  void missingPodsAreCreated() {
    assertThat(ReplicaSetPlan.of(set, List.of(Fixtures.pod("a", set, true))).create()).isEqualTo(1);
  }

  @Test
  void finishedAndTerminatingPodsDoNotCount() {
    Pod failed =
        new PodBuilder(Fixtures.pod("a", set, false))
            .editStatus()
            .withPhase("Failed")
            .endStatus()
            .build();
    Pod ending =
        new PodBuilder(Fixtures.pod("b", set, true))
            .editMetadata()
            .withDeletionTimestamp("2026-03-01T10:00:00Z")
            .endMetadata()
            .build();
    assertThat(ReplicaSetPlan.of(set, List.of(failed, ending)).create()).isEqualTo(2);
  }

  @Test
  void theLeastValuablePodGoesFirst() {
    Pod unscheduled =
        new PodBuilder(Fixtures.pod("c", set, false))
            .editSpec()
            .withNodeName(null)
            .endSpec()
            .editStatus()
            .withPhase("Pending")
            .endStatus()
            .build();
    List<Pod> pods =
        List.of(
            Fixtures.pod("a", set, true),
            Fixtures.pod("b", set, false),
            unscheduled,
            Fixtures.pod("d", set, true));
    assertThat(ReplicaSetPlan.of(set, pods).delete())
        .extracting(p -> p.getMetadata().getName())
        .containsExactly("c", "b");
  }

  @Test
  void matchingOrphansAreAdoptedAndCounted() {
    ReplicaSetPlan plan = ReplicaSetPlan.of(set, List.of(Fixtures.pod("a", null, true)));
    assertThat(plan.adopt()).hasSize(1);
    assertThat(plan.create()).isEqualTo(1);
  }

  @Test
  void podsOfOthersAreNotTouched() {
    ReplicaSet other = Fixtures.set(Fixtures.deployment(2, "v2"), 2, 0, 2);
    ReplicaSetPlan plan = ReplicaSetPlan.of(set, List.of(Fixtures.pod("a", other, true)));
    assertThat(plan.adopt()).isEmpty();
    assertThat(plan.owned()).isEmpty();
  }

  @Test
  void podsThatNoLongerMatchAreReleased() {
    Pod renamed =
        new PodBuilder(Fixtures.pod("a", set, true))
            .editMetadata()
            .addToLabels("app", "x")
            .endMetadata()
            .build();
    ReplicaSetPlan plan = ReplicaSetPlan.of(set, List.of(renamed));
    assertThat(plan.release()).containsExactly(renamed);
    assertThat(plan.create()).isEqualTo(2);
  }

  @Test
  void statusCountsAndRemembersAFailureUntilAllPodsAreThere() {
    Failure failure = new Failure("FailedCreate", "quota");
    ReplicaSetStatus failed =
        ReplicaSetStatuses.of(
            set, List.of(Fixtures.pod("a", set, true)), Optional.of(failure), Fixtures.NOW);
    assertThat(failed.getReplicas()).isEqualTo(1);
    assertThat(failed.getReadyReplicas()).isEqualTo(1);
    assertThat(failed.getConditions())
        .singleElement()
        .satisfies(c -> assertThat(c.getMessage()).isEqualTo("quota"));

    ReplicaSet remembered = new ReplicaSetBuilder(set).withStatus(failed).build();
    List<Pod> all = List.of(Fixtures.pod("a", set, true), Fixtures.pod("b", set, true));
    assertThat(
            ReplicaSetStatuses.of(remembered, all.subList(0, 1), Optional.empty(), Fixtures.NOW)
                .getConditions())
        .hasSize(1);
    assertThat(
            ReplicaSetStatuses.of(remembered, all, Optional.empty(), Fixtures.NOW).getConditions())
        .isEmpty();
  }

  @Test
  void aReadyPodIsAvailableOnlyAfterMinReadySeconds() {
    Pod pod = Fixtures.pod("a", set, true);
    assertThat(PodState.isAvailable(pod, 1801, Fixtures.NOW)).isFalse();
    assertThat(PodState.isAvailable(pod, 1800, Fixtures.NOW)).isTrue();
    assertThat(PodState.untilAvailable(pod, 1801, Fixtures.NOW)).contains(Duration.ofMillis(1001));
  }

  @Test
  void nothingIsDecidedWhileAnAskedForPodHasNotBeenSeen() {
    Expectations expectations = new Expectations(Clock.fixed(Fixtures.NOW, ZoneOffset.UTC));
    ObjectKey key = new ObjectKey("default", "web");
    expectations.expectCreations(key, 1);
    expectations.expectDeletions(key, Set.of("uid-x"));
    assertThat(expectations.settled(key)).isFalse();
    expectations.creationSettled(key);
    assertThat(expectations.settled(key)).isFalse();
    expectations.deletionSettled(key, "uid-x");
    assertThat(expectations.settled(key)).isTrue();
  }
}
