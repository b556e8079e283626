package dev.cocolab.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of a pod that writes more than it may. */
class EvictionTest {
  private static final String WHY = "Usage of it all. ";

  private final FakeNode node = new FakeNode();

  @Test
  void aPodAboveItsLimitFails() {
    node.worker(pod(true)).start(Optional.empty());
    node.time.advance(Duration.ofSeconds(5));
    assertThat(node.status.getPhase()).isEqualTo("Running");

    node.excess = Optional.of(WHY);
    node.time.advance(Duration.ofSeconds(1));
    assertThat(node.running.get("app").stops).containsExactly(Duration.ZERO);
    node.running.get("app").exit(137);

    assertThat(node.status.getPhase()).isEqualTo("Failed");
    assertThat(node.status.getReason()).isEqualTo("Evicted");
    assertThat(node.status.getMessage()).isEqualTo(WHY);
    assertThat(node.events).contains("Evicted: " + WHY);
    assertThat(node.closed).isEqualTo(1);
  }

  @Test
  void aPodWithoutEmptyDirIsNotLookedAt() {
    node.excess = Optional.of(WHY);
    node.worker(pod(false)).start(Optional.empty());
    node.time.advance(Duration.ofSeconds(5));

    assertThat(node.status.getPhase()).isEqualTo("Running");
  }

  @Test
  void nothingIsLookedAtOnceThePodStops() {
    PodWorker worker = node.worker(pod(true));
    worker.start(Optional.empty());
    worker.shutDown(Duration.ofSeconds(30));
    node.excess = Optional.of(WHY);
    node.time.advance(Duration.ofSeconds(5));

    assertThat(node.events).doesNotContain("Evicted: " + WHY);
    assertThat(node.running.get("app").stops).containsExactly(Duration.ofSeconds(30));
  }

  private static Pod pod(boolean scratch) {
    PodBuilder pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("p")
            .withNamespace("ns")
            .withUid("u1")
            .endMetadata()
            .withNewSpec()
            .withRestartPolicy("Always")
            .addNewContainer()
            .withName("app")
            .endContainer()
            .endSpec();
    return scratch
        ? pod.editSpec()
            .addNewVolume()
            .withName("scratch")
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .endSpec()
            .build()
        : pod.build();
  }
}
