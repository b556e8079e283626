package dev.cocolab.node.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.node.pod.PodSetupException;
import dev.cocolab.node.volume.ClusterObjects;
import dev.cocolab.protocol.Initdata;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConfidentialMachinesTest {
  private static final UUID VM_ID = new UUID(0, 1);
  private static final String KEY = "io.katacontainers.config.hypervisor.";
  private static final String SANDBOX_ID = "C0311387".repeat(8);
  private static final Initdata OWN = initdata("own");
  private static final Initdata GLOBAL = initdata("global");

  private final Map<String, String> settings = new HashMap<>();
  private final List<Optional<Initdata>> booted = new ArrayList<>();
  private final ConfidentialMachines machines =
      new ConfidentialMachines(
          new Settings(),
          (name, size, initdata) -> {
            booted.add(initdata);
            return new Machine(name, size, VM_ID);
          });

  @Test
  void namesTheVmAfterPodAndSandbox() {
    assertThat(VmNames.of("sample-fraud-detection", SANDBOX_ID))
        .isEqualTo("podvm-sample-fraud-detection-c0311387");
    assertThat(VmNames.of("My_Pod." + "x".repeat(80), SANDBOX_ID))
        .hasSize(63)
        .startsWith("podvm-my-pod-x")
        .endsWith("-c0311387");
  }

  @Test
  void keepsAnInventory() {
    try (PodMachine machine = machines.boot(pod(Map.of()), SANDBOX_ID)) {
      assertThat(machine.size()).isEqualTo("Standard_DC2as_v5");
      assertThat(machines.podVms())
          .singleElement()
          .satisfies(
              vm -> {
                assertThat(vm.name()).isEqualTo("podvm-p-c0311387");
                assertThat(vm.podNamespace()).isEqualTo("ns");
                assertThat(vm.vmId()).isEqualTo(VM_ID);
              });
    }
    assertThat(machines.podVms()).isEmpty();
  }

  @Test
  void prefersTheAnnotationToTheGlobalDocumentAndThatToNone() {
    machines.boot(pod(Map.of()), SANDBOX_ID);
    settings.put("INITDATA", GLOBAL.encodeAnnotation());
    machines.boot(pod(Map.of(KEY + "cc_init_data", "")), SANDBOX_ID);
    machines.boot(pod(Map.of(KEY + "cc_init_data", OWN.encodeAnnotation())), SANDBOX_ID);

    assertThat(booted.get(0)).isEmpty();
    assertThat(booted.get(1).orElseThrow().bytes()).isEqualTo(GLOBAL.bytes());
    assertThat(booted.get(2).orElseThrow().bytes()).isEqualTo(OWN.bytes());
  }

  @Test
  void doesNotSeeTheOldAnnotation() {
    settings.put("INITDATA", GLOBAL.encodeAnnotation());
    machines.boot(
        pod(Map.of("io.katacontainers.config.runtime.cc_init_data", OWN.encodeAnnotation())),
        SANDBOX_ID);

    assertThat(booted.get(0).orElseThrow().bytes()).isEqualTo(GLOBAL.bytes());
  }

  @Test
  void refusesAnAnnotationThatIsNotEnabled() {
    refused(
        Map.of(KEY + "virtio_fs_extra_args", "[]"),
        "Failed to create pod sandbox: rpc error: code = Unknown desc = CreateContainer failed:"
            + " annotation io.katacontainers.config.hypervisor.virtio_fs_extra_args is not enabled:"
            + " unknown");
    assertThat(booted).isEmpty();
  }

  @Test
  void refusesInitdataInAnyOtherForm() {
    byte[] toml = OWN.bytes();
    String plain = Base64.getEncoder().encodeToString(toml);
    refused(Map.of(KEY + "cc_init_data", plain), "initdata create gzip reader error");
    refused(
        Map.of(KEY + "cc_init_data", new String(toml, StandardCharsets.UTF_8)),
        "CreateContainer failed: ");
    assertThat(machines.podVms()).isEmpty();
    assertThat(booted).isEmpty();
  }

  @Test
  void refusesASizeThatIsNotListed() {
    settings.put("AZURE_INSTANCE_SIZES", "Standard_DC2as_v5,Standard_DC4as_v5");
    refused(
        Map.of(KEY + "machine_type", "Standard_DC8as_v5"),
        "CreateContainer failed: remote hypervisor call failed: rpc error: code = Unknown desc ="
            + " creating an instance : failed to verify instance type: requested instance type"
            + " (\"Standard_DC8as_v5\") is not part of supported instance types list");
    settings.clear();
    refused(
        Map.of(KEY + "machine_type", "Standard_DC8as_v5"),
        "is not default (\"Standard_DC2as_v5\") and supported instance types list is empty");
  }

  @Test
  void choosesTheSmallestSizeThatFits() {
    settings.put("AZURE_INSTANCE_SIZES", "Standard_DC8as_v5,Standard_DC4as_v5,Standard_EC2as_v5");
    InstanceSizes sizes = new InstanceSizes(settings);

    assertThat(sizes.choose(Map.of(KEY + "default_vcpus", "2", KEY + "default_memory", "9000")))
        .isIn("Standard_EC2as_v5", "Standard_DC4as_v5");
    assertThat(sizes.choose(Map.of(KEY + "default_vcpus", "6", KEY + "default_memory", "1")))
        .isEqualTo("Standard_DC8as_v5");
    assertThatThrownBy(
            () -> sizes.choose(Map.of(KEY + "default_vcpus", "2", KEY + "default_memory", "99999")))
        .hasMessage(
            "failed to get instance type based on vCPU and memory annotations: no instance type"
                + " found for the given vcpus (2) and memory (99999)");
  }

  @Test
  void leavesAPodWaitingWhenTheNodeIsFull() {
    settings.put("PEERPODS_LIMIT_PER_NODE", "1");
    machines.boot(pod(Map.of()), SANDBOX_ID);

    assertThatThrownBy(() -> machines.boot(pod(Map.of()), SANDBOX_ID))
        .isInstanceOfSatisfying(
            PodSetupException.class,
            e -> assertThat(e.step()).isEqualTo(PodSetupException.Step.ROOM))
        .hasMessage("0/1 nodes are available: 1 Insufficient kata.peerpods.io/vm.");
  }

  private void refused(Map<String, String> annotations, String text) {
    assertThatThrownBy(() -> machines.boot(pod(annotations), SANDBOX_ID))
        .isInstanceOfSatisfying(
            PodSetupException.class,
            e -> assertThat(e.step()).isEqualTo(PodSetupException.Step.SANDBOX))
        .hasMessageContaining(text);
  }

  private static Initdata initdata(String name) {
    String toml =
        "algorithm = \"sha256\"\nversion = \"0.1.0\"\n\n[data]\n\"aa.toml\" = '''\n# "
            + name
            + "\n'''\n";
    return Initdata.parse(toml.getBytes(StandardCharsets.UTF_8));
  }

  private static Pod pod(Map<String, String> annotations) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("p")
        .withNamespace("ns")
        .withAnnotations(annotations)
        .endMetadata()
        .build();
  }

  private final class Settings implements ClusterObjects {
    @Override
    public Optional<Secret> secret(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
      assertThat(namespace + "/" + name)
          .isEqualTo("openshift-sandboxed-containers-operator/peer-pods-cm");
      return Optional.of(new ConfigMapBuilder().withData(settings).build());
    }

    @Override
    public String serviceAccountToken(Pod pod, String audience, long seconds) {
      return "";
    }
  }

  private record Machine(String name, String size, UUID vmId) implements PodMachine {
    @Override
    public PolicyVerdict ask(AgentRequest request) {
      throw new GuestRefusal("not asked here", "", null);
    }

    @Override
    public PolicyVerdict setPolicy(String rego) {
      throw new GuestRefusal("not asked here", "", null);
    }

    @Override
    public UnpackedImage pull(String reference) {
      throw new GuestRefusal("not asked here", "", null);
    }

    @Override
    public String unsealVariable(String value) {
      throw new GuestRefusal("not asked here", "", null);
    }

    @Override
    public String unsealCommandVariable(String value) {
      throw new GuestRefusal("not asked here", "", null);
    }

    @Override
    public Optional<byte[]> unsealFile(byte[] content) {
      throw new GuestRefusal("not asked here", "", null);
    }

    @Override
    public void serveApi(Path socket) {
      throw new GuestRefusal("not asked here", "", null);
    }

    @Override
    public void close() {
      // Nothing to shut down.
    }
  }
}
