package dev.cocolab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.joined.AdminConnection;
import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to what lies in the namespaces of a lab that was killed. */
@Timeout(120)
class JoinedRemainsTest {
  private static final Map<String, String> MARK = Map.of("cocolab.dev/lab", "joined");

  private static Machine machine;

  @TempDir private Path directory;
  private OtherCluster other;
  private KubernetesClient admin;
  private KubernetesClient ofLab;
  private Set<String> before;
  private Instant taken;

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

  @BeforeEach
  void aLabTakesTheCluster() throws Exception {
    other = new OtherCluster(directory, true, true);
    admin = other.admin();
    ofLab =
        new KubernetesClientBuilder()
            .withConfig(
                AdminConnection.impatient(Config.fromKubeconfig(other.kubeconfig().toFile())))
            .build();
    before = ClusterState.of(admin);
    taken = Instant.now();
    awaitNextSecondAfter(taken);
    for (String name : Set.of(Names.TRUSTEE_NAMESPACE, "default")) {
      admin
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withLabels(MARK)
                  .endMetadata()
                  .build())
          .createOr(known -> known.update());
    }
    Awaitility.await()
        .until(
            () ->
                admin
                        .serviceAccounts()
                        .inNamespace(Names.TRUSTEE_NAMESPACE)
                        .withName("default")
                        .get()
                    != null);
  }

  @AfterEach
  void end() {
    ofLab.close();
    other.close();
  }

  @Test
  void whatItMadeIsCleanedAwayByTheNext() throws Exception {
    admin.resource(note("typed-by-a-persona", "default")).create();
    admin
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("orphan")
                .withNamespace(Names.TRUSTEE_NAMESPACE)
                .withFinalizers("example.com/of-a-dead-operator")
                .endMetadata()
                .withNewSpec()
                .withNodeName(Names.NODE)
                .addNewContainer()
                .withName("c")
                .withImage("quay.io/nobody/nothing:1")
                .endContainer()
                .endSpec()
                .build())
        .create();
    killed();
    ofLab.resource(note("after-the-last-beat", "default")).create();
    try (JoinedCluster cluster = join()) {
      assertThat(admin.pods().inAnyNamespace().list().getItems()).isEmpty();
      assertThat(admin.configMaps().inNamespace("default").list().getItems())
          .extracting(map -> map.getMetadata().getName())
          .doesNotContain("typed-by-a-persona", "after-the-last-beat");
    }
    assertThat(ClusterState.of(admin)).isEqualTo(before);
  }

  @Test
  void whatOthersMadeSinceStaysAndIsNamed() throws Exception {
    admin.resource(note("of-the-lab", "default")).create();
    killed();
    admin.resource(note("somebodys", "default")).create();
    assertStays("ConfigMap default/somebodys", "default", "somebodys");
    assertThat(admin.configMaps().inNamespace("default").withName("of-the-lab").get()).isNull();
    assertThat(ClusterState.of(admin)).isEqualTo(before);
    assertStays("ConfigMap default/somebodys", "default", "somebodys");
    admin.configMaps().inNamespace("default").withName("somebodys").delete();
    try (JoinedCluster cluster = join()) {
      assertThat(cluster.url()).isNotNull();
    }
  }

  @Test
  void whatOthersMadeInANamespaceOfTheLabStaysWithIt() throws Exception {
    killed();
    admin.resource(note("somebodys", Names.TRUSTEE_NAMESPACE)).create();
    String named = "ConfigMap " + Names.TRUSTEE_NAMESPACE + "/somebodys";
    assertStays(named, Names.TRUSTEE_NAMESPACE, "somebodys");
    assertStays(named, Names.TRUSTEE_NAMESPACE, "somebodys");
    admin.configMaps().inNamespace(Names.TRUSTEE_NAMESPACE).withName("somebodys").delete();
    try (JoinedCluster cluster = join()) {
      assertThat(cluster.url()).isNotNull();
    }
    assertThat(ClusterState.of(admin)).isEqualTo(before);
  }

  @Test
  void whatTheLabMadeAndOthersChangedStays() throws Exception {
    killed();
    ofLab.resource(note("shared", "default")).create();
    admin
        .configMaps()
        .inNamespace("default")
        .withName("shared")
        .edit(map -> new ConfigMapBuilder(map).addToData("mine", "too").build());
    assertStays("ConfigMap default/shared", "default", "shared");
  }

  @Test
  void whatTheLabMadeForSomethingOfOthersStays() throws Exception {
    killed();
    ConfigMap owner = admin.resource(note("somebodys", "default")).create();
    ofLab
        .resource(
            new ConfigMapBuilder(note("owned", "default"))
                .editMetadata()
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("ConfigMap")
                .withName("somebodys")
                .withUid(owner.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .build())
        .create();
    assertStays("ConfigMap default/somebodys", "default", "somebodys");
    assertThat(admin.configMaps().inNamespace("default").withName("owned").get()).isNotNull();
  }

  private void assertStays(String named, String namespace, String name) {
    assertThatThrownBy(this::join)
        .isInstanceOfSatisfying(
            LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLUSTER_FOREIGN))
        .hasMessageContaining(named)
        .hasNoSuppressedExceptions();
    assertThat(admin.configMaps().inNamespace(namespace).withName(name).get()).isNotNull();
  }

  private JoinedCluster join() {
    return JoinedCluster.join(machine, other.kubeconfig(), line -> {});
  }

  /** Its lease is a second younger than what it made, and older than what is made from now on. */
  private void killed() throws Exception {
    awaitNextSecondAfter(Instant.now());
    long gone = new ProcessBuilder("true").start().onExit().get().pid();
    admin
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName("cocolab-lab")
                .withNamespace("kube-system")
                .withLabels(MARK)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(InetAddress.getLocalHost().getHostName() + "/" + gone + "/1")
                .withLeaseDurationSeconds(40)
                .withAcquireTime(taken.atZone(ZoneOffset.UTC))
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                .endSpec()
                .build())
        .create();
  }

  private static void awaitNextSecondAfter(Instant instant) {
    Awaitility.await().until(() -> Instant.now().getEpochSecond() > instant.getEpochSecond());
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
}
