package dev.cocolab.operators.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointsPlanTest {

  @Test
  void readyAndUnreadyPodsStandApartUnderTheNamedPort() {
    List<EndpointSubset> subsets =
        EndpointsPlan.subsets(
            service(new IntOrString(8080)),
            List.of(
                pod("b", "127.0.0.3", true),
                pod("a", "127.0.0.2", true),
                pod("c", "127.0.0.4", false)));

    assertThat(subsets).hasSize(1);
    EndpointSubset subset = subsets.get(0);
    assertThat(subset.getAddresses())
        .extracting(EndpointAddress::getIp)
        .containsExactly("127.0.0.2", "127.0.0.3");
    assertThat(subset.getNotReadyAddresses())
        .extracting(EndpointAddress::getIp)
        .containsExactly("127.0.0.4");
    assertThat(subset.getPorts())
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.getName()).isEqualTo("kbs-port");
              assertThat(p.getPort()).isEqualTo(8080);
              assertThat(p.getProtocol()).isEqualTo("TCP");
            });
  }

  @Test
  void aNamedTargetPortIsLookedUpInEachPod() {
    List<EndpointSubset> subsets =
        EndpointsPlan.subsets(
            service(new IntOrString("kbs")), List.of(pod("a", "127.0.0.2", true)));
    assertThat(subsets.get(0).getPorts().get(0).getPort()).isEqualTo(9000);
  }

  @Test
  void anUnknownPortNameGivesNoAddresses() {
    assertThat(
            EndpointsPlan.subsets(
                service(new IntOrString("none")), List.of(pod("a", "127.0.0.2", true))))
        .isEmpty();
  }

  @Test
  void podsWithoutAddressAndTerminatingPodsAreLeftOut() {
    Pod ending =
        new PodBuilder(pod("a", "127.0.0.2", true))
            .editMetadata()
            .withDeletionTimestamp("2026-03-01T10:00:00Z")
            .endMetadata()
            .build();
    assertThat(
            EndpointsPlan.subsets(
                service(new IntOrString(8080)), List.of(ending, pod("b", null, true))))
        .isEmpty();
  }

  private static Service service(IntOrString target) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName("kbs-service")
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .addToSelector("app", "kbs")
        .addNewPort()
        .withName("kbs-port")
        .withPort(8080)
        .withTargetPort(target)
        .endPort()
        .endSpec()
        .build();
  }

  private static Pod pod(String name, String ip, boolean ready) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .addToLabels("app", "kbs")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("kbs")
        .addNewPort()
        .withName("kbs")
        .withContainerPort(9000)
        .endPort()
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPodIP(ip)
        .withPhase("Running")
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready ? "True" : "False")
        .endCondition()
        .endStatus()
        .build();
  }
}
