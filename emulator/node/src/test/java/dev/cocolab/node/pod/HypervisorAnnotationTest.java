package dev.cocolab.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.node.vm.ConfidentialMachines;
import dev.cocolab.node.vm.GuestRefusal;
import dev.cocolab.node.volume.ClusterObjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pod that ran with a local hypervisor and brings its annotations to the remote one. */
class HypervisorAnnotationTest {
  private static final String KEY = "io.katacontainers.config.hypervisor.";
  private static final String NOT_ENABLED =
      "FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc ="
          + " CreateContainer failed: annotation io.katacontainers.config.hypervisor.virtio_fs_extra_args"
          + " is not enabled: unknown";

  private final FakeNode node = new FakeNode();
  private final List<String> requested = new ArrayList<>();

  @BeforeEach
  void bootThroughTheAdaptor() {
    ConfidentialMachines machines =
        new ConfidentialMachines(
            new Settings(),
            (name, size, initdata) -> {
              requested.add(size);
              throw new GuestRefusal("no hardware", "no hardware here", null);
            });
    node.setUp = pod -> machines.boot(pod, "c0311387".repeat(8));
  }

  @Test
  void oneThatIsNotEnabledIsFatalAtEachAttemptAndNoVmIsRequested() {
    PodWorker worker =
        node.worker(pod(Map.of(KEY + "virtio_fs_extra_args", "[\"-o\",\"allow_direct_io\"]")));
    worker.start(Optional.empty());
    assertThat(node.events).containsExactly(NOT_ENABLED);

    node.time.advance(Duration.ofSeconds(25));

    assertThat(node.events).containsExactly(NOT_ENABLED, NOT_ENABLED, NOT_ENABLED);
    assertThat(requested).isEmpty();
    assertThat(node.status.getPhase()).isEqualTo("Pending");
    assertThat(node.container("app").getState().getWaiting().getReason())
        .isEqualTo("ContainerCreating");
    assertThat(node.starts).isEmpty();
  }

  @Test
  void oneThatIsEnabledPassesOnToTheAdaptor() {
    node.worker(pod(Map.of(KEY + "machine_type", "Standard_DC4as_v5"))).start(Optional.empty());

    assertThat(requested).containsExactly("Standard_DC4as_v5");
    assertThat(node.events)
        .singleElement()
        .asString()
        .doesNotContain("not enabled")
        .endsWith("creating an instance : no hardware here");
  }

  @Test
  void othersAreNotSeenByTheHypervisor() {
    node.worker(pod(Map.of("io.katacontainers.config.runtime.virtio_fs_extra_args", "[]")))
        .start(Optional.empty());

    assertThat(requested).containsExactly("Standard_DC2as_v5");
  }

  private static Pod pod(Map<String, String> annotations) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("p")
        .withNamespace("ns")
        .withUid("u1")
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withContainers(new ContainerBuilder().withName("app").withImage("i").build())
        .endSpec()
        .build();
  }

  private static final class Settings implements ClusterObjects {
    @Override
    public Optional<Secret> secret(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
      return Optional.of(
          new ConfigMapBuilder()
              .withData(Map.of("AZURE_INSTANCE_SIZES", "Standard_DC2as_v5,Standard_DC4as_v5"))
              .build());
    }

    @Override
    public String serviceAccountToken(Pod pod, String audience, long seconds) {
      return "";
    }
  }
}
