package dev.cocolab.operators.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeploymentStatusesTest {

  private final Deployment deployment = Fixtures.deployment(2, "v1");

  @Test
  void aNewDeploymentSaysWhichSetItCreated() {
    DeploymentStatus status = status(deployment, List.of(), Fixtures.NOW, Optional.of("web-abc"));

    assertCondition(
        status,
        "Progressing",
        "True",
        "NewReplicaSetCreated",
        "Created new replica set \"web-abc\"");
    assertCondition(
        status,
        "Available",
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.");
    assertThat(status.getObservedGeneration()).isEqualTo(1);
    assertThat(status.getReplicas()).isNull();
  }

  @Test
  void readyPodsCountAsProgressAndThenAsSuccess() {
    Deployment waiting =
        with(deployment, status(deployment, List.of(), Fixtures.NOW, Optional.of("web-abc")));
    ReplicaSet half = Fixtures.set(deployment, 2, 1, 1);
    DeploymentStatus progressing =
        status(waiting, List.of(half), Fixtures.NOW.plusSeconds(1), Optional.empty());
    assertCondition(
        progressing,
        "Progressing",
        "True",
        "ReplicaSetUpdated",
        "ReplicaSet \"" + ReplicaSets.name(half) + "\" is progressing.");
    assertThat(progressing.getUnavailableReplicas()).isEqualTo(1);
    assertThat(progressing.getReadyReplicas()).isEqualTo(1);

    DeploymentStatus done =
        status(
            with(waiting, progressing),
            List.of(Fixtures.set(deployment, 2, 2, 1)),
            Fixtures.NOW.plusSeconds(2),
            Optional.empty());
    assertCondition(
        done,
        "Progressing",
        "True",
        "NewReplicaSetAvailable",
        "ReplicaSet \"" + ReplicaSets.name(half) + "\" has successfully progressed.");
    assertCondition(
        done,
        "Available",
        "True",
        "MinimumReplicasAvailable",
        "Deployment has minimum availability.");
    assertThat(done.getUnavailableReplicas()).isNull();
    assertThat(done.getUpdatedReplicas()).isEqualTo(2);
  }

  @Test
  void anUnchangedStateGivesTheSameStatusLater() {
    List<ReplicaSet> sets = List.of(Fixtures.set(deployment, 2, 2, 1));
    DeploymentStatus first = status(deployment, sets, Fixtures.NOW, Optional.empty());
    DeploymentStatus second =
        status(with(deployment, first), sets, Fixtures.NOW.plusSeconds(60), Optional.empty());
    assertThat(second).isEqualTo(first);
  }

  @Test
  void noProgressUntilTheDeadlineIsSaid() {
    List<ReplicaSet> sets = List.of(Fixtures.set(deployment, 2, 0, 1));
    Deployment stuck = with(deployment, status(deployment, sets, Fixtures.NOW, Optional.empty()));

    Instant late = Fixtures.NOW.plusSeconds(601);
    DeploymentStatus status = status(stuck, sets, late, Optional.empty());

    assertThat(condition(status, "Progressing").getStatus()).isEqualTo("False");
    assertThat(condition(status, "Progressing").getReason()).isEqualTo("ProgressDeadlineExceeded");
    assertThat(condition(status, "Progressing").getMessage())
        .endsWith("has timed out progressing.");
  }

  @Test
  void theDeadlineIsLookedAtWhenItPasses() {
    List<ReplicaSet> sets = List.of(Fixtures.set(deployment, 2, 0, 1));
    DeploymentPlan plan = DeploymentPlan.of(deployment, sets, List.of(), Fixtures.HASH);
    DeploymentStatuses statuses = new DeploymentStatuses(deployment, plan, Fixtures.NOW);
    DeploymentStatus status = statuses.compute(Optional.empty(), Optional.empty());
    assertThat(statuses.untilDeadline(status)).contains(Duration.ofSeconds(601));
  }

  private static DeploymentStatus status(
      Deployment d, List<ReplicaSet> sets, Instant now, Optional<String> created) {
    DeploymentPlan plan = DeploymentPlan.of(d, sets, List.of(), Fixtures.HASH);
    return new DeploymentStatuses(d, plan, now).compute(created, Optional.empty());
  }

  private static Deployment with(Deployment d, DeploymentStatus status) {
    return new DeploymentBuilder(d).withStatus(status).build();
  }

  private static DeploymentCondition condition(DeploymentStatus status, String type) {
    return DeploymentStatuses.condition(status, type).orElseThrow();
  }

  private static void assertCondition(
      DeploymentStatus status, String type, String value, String reason, String message) {
    DeploymentCondition c = condition(status, type);
    assertThat(List.of(c.getStatus(), c.getReason(), c.getMessage()))
        .containsExactly(value, reason, message);
  }
}
