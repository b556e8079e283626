package dev.cocolab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A lab on an API server that is not its own. */
@Timeout(120)
class JoinedLabTest {
  private static final Map<String, String> MARK = Map.of("cocolab.dev/lab", "joined");

  private static Machine machine;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    machine = TestMachine.open();
  }

  @AfterAll
  static void close() {
    if (machine != null) {
      machine.close();
    }
  }

  private static JoinedCluster join(OtherCluster other) {
    return JoinedCluster.join(machine, other.kubeconfig(), line -> {});
  }

  @Test
  void aLabWorksOnAJoinedClusterAndLeavesItAsItWas() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      Set<String> before = ClusterState.of(other.admin());
      try (JoinedCluster cluster = join(other);
          Lab lab = Lab.builder(machine).joining(cluster).start()) {
        Node node = other.admin().nodes().withName(Names.NODE).require();
        assertThat(node.getMetadata().getLabels())
            .containsKeys("node-role.kubernetes.io/worker", "node-role.kubernetes.io/kata-oc")
            .containsAllEntriesOf(MARK);
        Lease lease =
            other.admin().leases().inNamespace("kube-system").withName("cocolab-lab").require();
        assertThat(lease.getSpec().getAcquireTime())
            .isNotNull()
            .isBeforeOrEqualTo(lease.getSpec().getRenewTime());
        assertThat(lab.apiUrl()).isEqualTo(cluster.url());
        KubernetesClient opSec = lab.client(Persona.OPSEC);
        String pod =
            opSec
                .pods()
                .inNamespace(Names.TRUSTEE_NAMESPACE)
                .withLabel("app", "kbs")
                .list()
                .getItems()
                .get(0)
                .getMetadata()
                .getName();
        assertThat(opSec.pods().inNamespace(Names.TRUSTEE_NAMESPACE).withName(pod).getLog())
            .contains("KBS");
        assertThatThrownBy(
                () ->
                    lab.client(Persona.DEVEL).secrets().inNamespace(Names.TRUSTEE_NAMESPACE).list())
            .isInstanceOfSatisfying(
                KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
        assertThat(lab.kubeconfig().users()).hasSize(Persona.values().length);
      }
      assertThat(ClusterState.of(other.admin())).isEqualTo(before);
    }
  }

  @Test
  void eachLabFindsTheClusterEmpty() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true);
        JoinedCluster cluster = join(other)) {
      try (Lab first = Lab.builder(machine).joining(cluster).start()) {
        first.client(Persona.DEVEL).configMaps().resource(note("left-behind", "default")).create();
        assertThatThrownBy(() -> Lab.builder(machine).joining(cluster).start())
            .isInstanceOfSatisfying(
                LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLUSTER_IN_USE));
      }
      try (Lab second = Lab.builder(machine).joining(cluster).start()) {
        assertThat(
                second.client(Persona.DEVEL).configMaps().inNamespace("default").list().getItems())
            .extracting(map -> map.getMetadata().getName())
            .doesNotContain("left-behind");
        assertThat(
                second
                    .client(Persona.OPSEC)
                    .pods()
                    .inNamespace(Names.TRUSTEE_NAMESPACE)
                    .list()
                    .getItems())
            .isNotEmpty();
      }
    }
  }

  @Test
  void controllersThatTheClusterLacksRunThereMeanwhile() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, false, true)) {
      try (JoinedCluster cluster = join(other);
          Lab lab = Lab.builder(machine).joining(cluster).start()) {
        assertThat(
                lab.client(Persona.OPSEC)
                    .apps()
                    .replicaSets()
                    .inNamespace(Names.TRUSTEE_NAMESPACE)
                    .list()
                    .getItems())
            .isNotEmpty();
      }
      assertThat(names(other.admin().namespaces().list().getItems()))
          .doesNotContainAnyElementsOf(Names.NAMESPACES);
    }
  }

  @Test
  void aNamespaceOfSomebodyElseIsNotTouched() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      Namespace foreign = namespace(Names.TRUSTEE_NAMESPACE, Map.of());
      other.admin().resource(foreign).create();
      Set<String> before = ClusterState.of(other.admin());
      assertRefused(other, Reason.CLUSTER_FOREIGN, "namespace trustee-operator-system");
      assertThat(ClusterState.of(other.admin())).isEqualTo(before);
    }
  }

  @Test
  void aNodeOfSomebodyElseIsNotTouched() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      other
          .admin()
          .resource(new NodeBuilder().withNewMetadata().withName("n1").endMetadata().build())
          .create();
      assertRefused(other, Reason.CLUSTER_FOREIGN, "it has a node n1");
      assertThat(other.admin().nodes().withName("n1").get()).isNotNull();
    }
  }

  @Test
  void aRightOfSomebodyElseIsNotUsed() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      other
          .admin()
          .resource(
              new ClusterRoleBindingBuilder()
                  .withNewMetadata()
                  .withName("cocolab:admins")
                  .endMetadata()
                  .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "view")
                  .build())
          .create();
      Set<String> before = ClusterState.of(other.admin());
      assertRefused(other, Reason.CLUSTER_FOREIGN, "ClusterRoleBinding cocolab:admins");
      assertThat(ClusterState.of(other.admin())).isEqualTo(before);
    }
  }

  @Test
  void aNamespaceDefaultThatIsInUseIsNotTouched() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      other.admin().resource(note("somebodys", "default")).create();
      assertRefused(other, Reason.CLUSTER_FOREIGN, "ConfigMap default/somebodys");
      assertThat(other.admin().configMaps().inNamespace("default").withName("somebodys").get())
          .isNotNull();
    }
  }

  @Test
  void aLabThatLivesKeepsAnotherOff() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      other.admin().resource(lease("elsewhere/7/1")).create();
      assertRefused(other, Reason.CLUSTER_IN_USE, "(elsewhere/7/1)");
      assertThat(other.admin().leases().inNamespace("kube-system").withName("cocolab-lab").get())
          .isNotNull();
    }
  }

  @Test
  void aLeaseThatAnotherHasTakenMeanwhileStaysHis() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, true)) {
      try (JoinedCluster cluster = join(other)) {
        assertThat(cluster.url()).isNotNull();
        other
            .admin()
            .leases()
            .inNamespace("kube-system")
            .withName("cocolab-lab")
            .edit(
                held ->
                    new LeaseBuilder(held)
                        .editSpec()
                        .withHolderIdentity("elsewhere/7/1")
                        .endSpec()
                        .build());
      }
      assertThat(other.admin().leases().inNamespace("kube-system").withName("cocolab-lab").get())
          .isNotNull();
    }
  }

  @Test
  void aClusterThatSignsNothingIsNamedAsThat() throws Exception {
    try (OtherCluster other = new OtherCluster(directory, true, false)) {
      Set<String> before = ClusterState.of(other.admin());
      assertThatThrownBy(
              () ->
                  JoinedCluster.join(
                      machine,
                      Config.fromKubeconfig(other.kubeconfig().toFile()),
                      Optional.empty(),
                      Duration.ofSeconds(1),
                      line -> {}))
          .isInstanceOfSatisfying(
              LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLUSTER_UNFIT))
          .hasMessageContaining("did not sign the certificate of admin within 1 s")
          .hasMessageContaining("kubernetes.io/kube-apiserver-client");
      assertThat(ClusterState.of(other.admin())).isEqualTo(before);
    }
  }

  private static void assertRefused(OtherCluster other, Reason reason, String text) {
    assertThatThrownBy(() -> join(other))
        .isInstanceOfSatisfying(LabException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(text);
  }

  private static Namespace namespace(String name, Map<String, String> labels) {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .build();
  }

  private static ConfigMap note(String name, String namespace) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .addToData("a", "b")
        .build();
  }

  /** As a lab has it that was there a moment ago. */
  private static Lease lease(String holder) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName("cocolab-lab")
        .withNamespace("kube-system")
        .withLabels(MARK)
        .endMetadata()
        .withNewSpec()
        .withHolderIdentity(holder)
        .withLeaseDurationSeconds(40)
        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
        .endSpec()
        .build();
  }

  private static List<String> names(List<? extends HasMetadata> objects) {
    return objects.stream().map(object -> object.getMetadata().getName()).toList();
  }
}
