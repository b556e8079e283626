package dev.cocolab.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The state machine alone: no server, no namespaces, no real time. */
class PodWorkerTest {
  private final FakeNode node = new FakeNode();

  @Test
  void runsInitContainersInOrderAndThenAllOthers() {
    PodWorker worker = node.worker(pod("Always"));
    worker.start(Optional.empty());

    assertThat(node.starts).containsExactly("init-a");
    assertThat(node.status.getPhase()).isEqualTo("Pending");
    assertThat(node.container("app").getState().getWaiting().getReason())
        .isEqualTo("PodInitializing");
    node.running.get("init-a").exit(0);
    assertThat(node.starts).containsExactly("init-a", "init-b");
    assertThat(node.condition("Initialized")).isEqualTo("False");
    node.running.get("init-b").exit(0);

    assertThat(node.starts).containsExactly("init-a", "init-b", "app", "side");
    assertThat(node.status.getPhase()).isEqualTo("Running");
    assertThat(node.condition("Initialized")).isEqualTo("True");
    assertThat(node.condition("Ready")).isEqualTo("True");
    assertThat(node.condition("PodScheduled")).isEqualTo("True");
    assertThat(node.status.getPodIP()).isEqualTo("127.9.0.10");
    assertThat(node.container("init-a").getState().getTerminated().getReason())
        .isEqualTo("Completed");
  }

  @Test
  void failsWithAnInitContainerThatMayNotBeRestarted() {
    node.worker(pod("Never")).start(Optional.empty());
    node.running.get("init-a").exit(5);

    assertThat(node.status.getPhase()).isEqualTo("Failed");
    assertThat(node.container("init-a").getState().getTerminated().getExitCode()).isEqualTo(5);
    assertThat(node.starts).containsExactly("init-a");
    assertThat(node.closed).isEqualTo(1);
  }

  @Test
  void backsOffLongerWithEachRestart() {
    node.worker(simple("Always")).start(Optional.empty());
    node.running.get("app").exit(1);
    assertThat(node.starts).as("the first restart comes at once").hasSize(2);

    node.running.get("app").exit(1);
    assertThat(node.container("app").getState().getWaiting().getReason())
        .isEqualTo("CrashLoopBackOff");
    assertThat(node.container("app").getState().getWaiting().getMessage())
        .isEqualTo("back-off 10s restarting failed container=app pod=p_ns(u1)");
    assertThat(node.container("app").getLastState().getTerminated().getExitCode()).isEqualTo(1);
    assertThat(node.status.getPhase()).isEqualTo("Running");
    node.time.advance(Duration.ofSeconds(9));
    assertThat(node.starts).hasSize(2);
    node.time.advance(Duration.ofSeconds(1));
    assertThat(node.starts).hasSize(3);
    assertThat(node.container("app").getRestartCount()).isEqualTo(2);
    node.running.get("app").exit(1);
    node.time.advance(Duration.ofSeconds(19));
    assertThat(node.starts).hasSize(3);
    node.time.advance(Duration.ofSeconds(1));
    assertThat(node.starts).hasSize(4);
    assertThat(node.events)
        .contains("BackOff: Back-off restarting failed container app in pod p_ns(u1)");
  }

  @Test
  void saysWhichChangesOfTheSpecHaveNoEffect() {
    Pod pod = simple("Always");
    PodWorker worker = node.worker(pod);
    worker.start(Optional.empty());
    Pod changed =
        new PodBuilder(pod)
            .editSpec()
            .editFirstContainer()
            .withImage("other:2")
            .endContainer()
            .withActiveDeadlineSeconds(5L)
            .endSpec()
            .build();

    worker.update(changed);
    worker.update(changed);

    assertThat(node.events)
        .filteredOn(event -> event.startsWith("UnsupportedByNode"))
        .satisfiesExactly(
            image -> assertThat(image).contains("image of container app", "delete the pod"),
            deadline -> assertThat(deadline).contains("spec.activeDeadlineSeconds"));
  }

  @Test
  void forgetsFailuresAfterTenQuietMinutes() {
    Backoff backoff = new Backoff();
    assertThat(backoff.next(node.time.instant())).isZero();
    assertThat(backoff.next(node.time.instant())).isEqualTo(Duration.ofSeconds(10));
    for (int i = 0; i < 9; i++) {
      backoff.next(node.time.instant());
    }
    assertThat(backoff.next(node.time.instant())).isEqualTo(Duration.ofMinutes(5));
    node.time.advance(Duration.ofMinutes(11));

    assertThat(backoff.next(node.time.instant())).isZero();
    assertThat(backoff.next(node.time.instant())).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource({
    "Never,0,Succeeded,1",
    "Never,1,Failed,1",
    "OnFailure,0,Succeeded,1",
    "OnFailure,1,Running,2",
    "Always,0,Running,2"
  })
  void followsTheRestartPolicy(String policy, int code, String phase, int starts) {
    node.worker(simple(policy)).start(Optional.empty());
    node.running.get("app").exit(code);

    assertThat(node.status.getPhase()).isEqualTo(phase);
    assertThat(node.starts).hasSize(starts);
  }

  @Test
  void showsPullFailuresAsTheKubeletDoes() {
    node.startFailures.add(
        new ContainerStartException(ContainerStartException.Reason.IMAGE_PULL, "no such image"));
    node.worker(simple("Always")).start(Optional.empty());

    assertThat(node.container("app").getState().getWaiting().getReason()).isEqualTo("ErrImagePull");
    assertThat(node.events).contains("Failed: Error: ErrImagePull");
    node.time.advance(Duration.ofSeconds(1));
    assertThat(node.container("app").getState().getWaiting().getReason())
        .isEqualTo("ImagePullBackOff");
    assertThat(node.events)
        .contains("BackOff: Back-off pulling image \"img\"", "Failed: Error: ImagePullBackOff");
    node.time.advance(Duration.ofSeconds(9));
    assertThat(node.container("app").getState().getRunning()).isNotNull();
    assertThat(node.container("app").getRestartCount()).isZero();
  }

  @Test
  void repeatsAFailedCreationAndShowsItsText() {
    node.startFailures.add(
        new ContainerStartException(
            ContainerStartException.Reason.CREATE, "CreateContainer failed: because"));
    node.worker(simple("Never")).start(Optional.empty());

    assertThat(node.container("app").getState().getWaiting().getReason())
        .isEqualTo("CreateContainerError");
    assertThat(node.container("app").getState().getWaiting().getMessage())
        .isEqualTo("CreateContainer failed: because");
    assertThat(node.events).contains("Failed: Error: CreateContainer failed: because");
    assertThat(node.status.getPhase()).isEqualTo("Pending");
    node.time.advance(Duration.ofSeconds(10));
    assertThat(node.status.getPhase()).isEqualTo("Running");
  }

  @Test
  void triesVolumesAgainSoonAndSandboxesLater() {
    node.setupFailures.add(new PodSetupException(PodSetupException.Step.VOLUME, "no secret"));
    node.setupFailures.add(new PodSetupException(PodSetupException.Step.SANDBOX, "no sandbox"));
    node.worker(simple("Always")).start(Optional.empty());

    assertThat(node.events).containsExactly("FailedMount: no secret");
    assertThat(node.container("app").getState().getWaiting().getReason())
        .isEqualTo("ContainerCreating");
    node.time.advance(Duration.ofMillis(500));
    assertThat(node.events).endsWith("FailedCreatePodSandBox: no sandbox");
    node.time.advance(Duration.ofSeconds(10));
    assertThat(node.status.getPhase()).isEqualTo("Running");
  }

  @Test
  void stopsWithGraceAndRemovesTheObjectOnlyAfterwards() {
    PodWorker worker = node.worker(simple("Always"));
    worker.start(Optional.empty());
    worker.update(deleted(simple("Always"), 7));

    assertThat(node.events).contains("Killing: Stopping container app");
    assertThat(node.running.get("app").stops).containsExactly(Duration.ofSeconds(7));
    assertThat(node.deletions).isZero();
    worker.update(deleted(simple("Always"), 0));
    assertThat(node.running.get("app").stops).endsWith(Duration.ZERO);
    node.running.get("app").exit(137);

    assertThat(node.deletions).isEqualTo(1);
    assertThat(node.closed).isEqualTo(1);
    assertThat(node.status.getPhase()).isEqualTo("Failed");
    assertThat(node.container("app").getState().getTerminated().getExitCode()).isEqualTo(137);
    assertThat(node.time.waiting()).isZero();
  }

  @Test
  void removesAFinishedPodWhenAsked() {
    PodWorker worker = node.worker(simple("Never"));
    worker.start(Optional.empty());
    node.running.get("app").exit(0);
    worker.update(deleted(simple("Never"), 30));

    assertThat(node.deletions).isEqualTo(1);
  }

  @Test
  void removesAPodThatNeverGotItsSandbox() {
    node.setupFailures.add(new PodSetupException(PodSetupException.Step.SANDBOX, "no"));
    PodWorker worker = node.worker(simple("Always"));
    worker.start(Optional.empty());
    worker.update(deleted(simple("Always"), 30));

    assertThat(node.deletions).isEqualTo(1);
    node.time.advance(Duration.ofMinutes(5));
    assertThat(node.starts).isEmpty();
  }

  @Test
  void killsThePodWhenItsObjectIsGone() {
    PodWorker worker = node.worker(simple("Always"));
    worker.start(Optional.empty());
    worker.forget();
    assertThat(node.running.get("app").stops).containsExactly(Duration.ZERO);
    node.running.get("app").exit(137);

    assertThat(node.closed).isEqualTo(1);
    assertThat(node.deletions).isZero();
  }

  @Test
  void refusesWithReasonAndEvent() {
    PodWorker worker = node.worker(simple("Always"));
    worker.start(Optional.of(StatusRenderer.Verdict.failed("UnsupportedByNode", "no nfs")));

    assertThat(node.status.getPhase()).isEqualTo("Failed");
    assertThat(node.status.getReason()).isEqualTo("UnsupportedByNode");
    assertThat(node.status.getContainerStatuses()).isEmpty();
    assertThat(node.events).containsExactly("UnsupportedByNode: no nfs");
    worker.update(deleted(simple("Always"), 0));
    assertThat(node.deletions).isEqualTo(1);
  }

  @Test
  void becomesReadyWhenTheProbeSucceeds() {
    node.probeAnswer = Optional.of("connection refused");
    node.worker(probed()).start(Optional.empty());
    node.time.advance(Duration.ofMillis(300));
    assertThat(node.condition("Ready")).isEqualTo("False");
    assertThat(node.events)
        .as("early failures do not count")
        .noneMatch(e -> e.contains("Unhealthy"));

    node.probeAnswer = Optional.empty();
    node.time.advance(Duration.ofSeconds(1));
    assertThat(node.condition("Ready")).isEqualTo("True");

    node.probeAnswer = Optional.of("HTTP probe failed with statuscode: 500");
    node.time.advance(Duration.ofSeconds(31));
    assertThat(node.condition("Ready")).isEqualTo("False");
    assertThat(node.events)
        .contains("Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 500");
  }

  @Test
  void restartsAContainerThatIsNotAlive() {
    Pod pod = probed();
    pod.getSpec()
        .getContainers()
        .get(0)
        .setLivenessProbe(pod.getSpec().getContainers().get(0).getReadinessProbe());
    node.worker(pod).start(Optional.empty());
    node.time.advance(Duration.ofSeconds(1));
    node.probeAnswer = Optional.of("dead");
    node.time.advance(Duration.ofSeconds(30));

    assertThat(node.events)
        .contains(
            "Unhealthy: Liveness probe failed: dead",
            "Killing: Container app failed liveness probe, will be restarted");
    assertThat(node.running.get("app").stops).containsExactly(Duration.ofSeconds(30));
    node.running.get("app").exit(137);
    assertThat(node.starts).hasSize(2);
  }

  @Test
  void takesUpAPodOfAnEarlierLife() {
    node.worker(simple("Always")).start(Optional.empty());
    Pod known = new PodBuilder(simple("Always")).withStatus(node.status).build();
    FakeNode second = new FakeNode();
    second.worker(known).start(Optional.empty());

    assertThat(second.starts).containsExactly("app");
    assertThat(second.container("app").getRestartCount()).isEqualTo(1);
    assertThat(second.container("app").getLastState().getTerminated().getReason())
        .isEqualTo("ContainerStatusUnknown");
    assertThat(second.container("app").getLastState().getTerminated().getExitCode()).isEqualTo(137);
  }

  @Test
  void doesNotRunAPodOfAnEarlierLifeTwice() {
    node.worker(simple("Never")).start(Optional.empty());
    Pod running = new PodBuilder(simple("Never")).withStatus(node.status).build();
    FakeNode second = new FakeNode();
    second.worker(running).start(Optional.empty());
    assertThat(second.starts).isEmpty();
    assertThat(second.status.getPhase()).isEqualTo("Failed");

    Pod over = new PodBuilder(simple("Never")).withStatus(second.status).build();
    FakeNode third = new FakeNode();
    PodWorker worker = third.worker(over);
    worker.start(Optional.empty());
    worker.update(deleted(over, 30));
    assertThat(third.starts).isEmpty();
    assertThat(third.deletions).isEqualTo(1);
  }

  private static Pod pod(String policy) {
    return new PodBuilder(simple(policy))
        .editSpec()
        .withInitContainers(
            new ContainerBuilder().withName("init-a").withImage("img").build(),
            new ContainerBuilder().withName("init-b").withImage("img").build())
        .addToContainers(new ContainerBuilder().withName("side").withImage("img").build())
        .endSpec()
        .build();
  }

  static Pod simple(String policy) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("p")
        .withNamespace("ns")
        .withUid("u1")
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy(policy)
        .addNewContainer()
        .withName("app")
        .withImage("img")
        .endContainer()
        .endSpec()
        .build();
  }

  static Pod probed() {
    return new PodBuilder(simple("Always"))
        .editSpec()
        .editContainer(0)
        .withNewReadinessProbe()
        .withPeriodSeconds(10)
        .withFailureThreshold(3)
        .withNewTcpSocket()
        .withNewPort(80)
        .endTcpSocket()
        .endReadinessProbe()
        .endContainer()
        .endSpec()
        .build();
  }

  private static Pod deleted(Pod pod, long grace) {
    return new PodBuilder(pod)
        .editMetadata()
        .withDeletionTimestamp("2026-01-01T00:00:00Z")
        .withDeletionGracePeriodSeconds(grace)
        .endMetadata()
        .build();
  }
}
