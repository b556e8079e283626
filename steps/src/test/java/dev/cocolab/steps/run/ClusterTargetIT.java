package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.Persona;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.persona.ClusterAdmin;
import dev.cocolab.steps.persona.Developer;
import dev.cocolab.steps.persona.OpSec;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.FakeAdaptor;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.Timeouts;
import dev.cocolab.steps.targets.cluster.ClusterProvider;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The target {@code cluster} on a lab that it knows by kubeconfig only, as it would know any
 * cluster.
 */
class ClusterTargetIT {
  private static final String FEATURES = System.getProperty("cocolab.root", "..") + "/features/";

  @TempDir private static Path folder;

  private static Machine machine;
  private static Lab lab;
  private static Path kubeconfig;

  @TempDir private Path home;

  @BeforeAll
  static void startLab() {
    machine = Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {});
    lab = Lab.builder(machine).name("some-cluster").start();
    kubeconfig = folder.resolve("kubeconfig");
    lab.writeKubeconfig(kubeconfig);
  }

  @AfterAll
  static void stopLab() {
    lab.close();
    machine.close();
  }

  @Test
  void scenariosRunByKubernetesObjectsAloneAndLeaveTheClusterAsItWas() {
    List<String> before = state();
    Ended ended;
    try (ClusterProvider provider = ClusterProvider.open(Optional.of(kubeconfig))) {
      assertThat(provider.capabilities())
          .as("what an emulated cluster cannot claim")
          .doesNotContain(Capability.REAL_TEE);
      ended =
          CommandRun.on(provider, home)
              .run(
                  FEATURES + "blackbox/blackbox.feature",
                  FEATURES + "blackbox/image_signatures.feature",
                  FEATURES + "blackbox/private_image.feature",
                  FEATURES + "worker-node",
                  FEATURES + "sealed-secret");
    }

    assertThat(ended.red().keySet())
        .as("scenarios that are red or skipped")
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(ended.red().get(name).message())
                    .startsWith("skipped: the target 'cluster' does not offer ["));
    assertThat(ended.code()).isZero();
    assertThat(ended.stdout()).contains("5 passed, 0 failed, 21 skipped");
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void whateverAScenarioChangesIsGivenBack() {
    List<String> before = state();
    try (ClusterProvider provider = ClusterProvider.open(Optional.of(kubeconfig))) {
      Target target = provider.open();
      OpSec opSec = new OpSec(target.clients().opSec(), target.timeouts());
      ClusterAdmin cluster = new ClusterAdmin(target.clients().clusterAdmin(), target.timeouts());
      opSec.putIntoTrustee("changed-by-a-scenario", "key", new byte[] {1, 2, 3});
      Initdata changed = cluster.withOneByteChanged(cluster.clusterInitdata());
      cluster.changeClusterInitdata(changed);
      opSec.registerInitdata(changed);
      new Developer(target.clients().developer(), target.timeouts()).keepSecret("a", "b", "c");
      assertThat(state()).isNotEqualTo(before);

      assertRefused(
          Optional.of(kubeconfig),
          ExitCode.UNFIT,
          "holds what another run made, which goes on or was killed: Secret a in default, Secret"
              + " changed-by-a-scenario in trustee-operator-system; delete it");
      target.close();
    }

    assertThat(state()).isEqualTo(before);
  }

  /** The adaptor reads peer-pods-cm when it starts; without a restart a change has no effect. */
  @Test
  void aChangeOfTheClustersInitdataRestartsTheAdaptorAndSoDoesItsEnd() {
    try (FakeAdaptor adaptor = new FakeAdaptor(lab.client(Persona.ADMIN));
        ClusterProvider provider = ClusterProvider.open(Optional.of(kubeconfig))) {
      Target target = provider.open();
      ClusterAdmin cluster = new ClusterAdmin(target.clients().clusterAdmin(), target.timeouts());
      Initdata original = cluster.clusterInitdata();
      Initdata changed = cluster.withOneByteChanged(original);

      cluster.changeClusterInitdata(changed);
      cluster.changeClusterInitdata(changed);

      assertThat(initdataRead(adaptor)).containsExactly(changed.encodeAnnotation());

      target.close();

      assertThat(initdataRead(adaptor))
          .containsExactly(changed.encodeAnnotation(), original.encodeAnnotation());
    }
  }

  private static List<String> initdataRead(FakeAdaptor adaptor) {
    return adaptor.read().stream().map(data -> data.get("INITDATA")).toList();
  }

  @Test
  void aScenarioThatIsCutOffInTheMiddleIsGivenBackOnce() {
    List<String> before = state();
    try (ClusterProvider provider = ClusterProvider.open(Optional.of(kubeconfig))) {
      Target target = provider.open();
      new Developer(target.clients().developer(), target.timeouts()).keepSecret("a", "b", "c");

      provider.giveBack();

      assertThat(state()).isEqualTo(before);
      new Developer(target.clients().developer(), target.timeouts()).keepSecret("a", "b", "c");
      target.close();
      assertThat(names(lab.client(Persona.ADMIN), "default")).contains("Secret/a");
      lab.client(Persona.ADMIN).secrets().inNamespace("default").withName("a").delete();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          contexts: [{name: x}];current-context: x | it names no cluster, or no context
          clusters: [{name: a}];contexts: [{name: x}];current-context: x | a context or a user is empty
          clusters: [{name: a}];contexts: [{name: x}] | it has no current context that is among its contexts
          clusters: [{name: a}];contexts: [{name: x}];current-context: y | it has no current context that is among its contexts
          clusters: [{name: a}] | it has no current context that is among its contexts
          [] | it is no kubeconfig
          hello | kubeconfig: it is no kubeconfig
          clusters: [{name: a}];contexts: [{name: x}];current-context: x | a context or a user is empty
          clusters: [{name: a}];contexts: [{name: x, context: {cluster: b}}];current-context: x | the cluster of its current context is not among its clusters
          clusters: [{name: a, cluster: {server: no url}}];contexts: [{name: x, context: {cluster: a}}];current-context: x | the server of its current cluster is no address such as https://HOST:6443
          clusters: [{name: a, cluster: {server: ''}}];contexts: [{name: x, context: {cluster: a}}];current-context: x | the server of its current cluster is no address
          """)
  void whatIsNoKubeconfigIsWrongUsage(String text, String reason) throws IOException {
    Path file = Files.writeString(home.resolve("kubeconfig"), text.replace(';', '\n'));

    assertRefused(Optional.of(file), ExitCode.USAGE, reason);
  }

  @Test
  void whatSomebodyElseMakesMeanwhileStays() {
    KubernetesClient admin = lab.client(Persona.ADMIN);
    try (ClusterProvider provider = ClusterProvider.open(Optional.of(kubeconfig))) {
      Target target = provider.open();
      new Developer(target.clients().developer(), target.timeouts())
          .keepSecret("of-the-scenario", "a", "b");
      new Developer(admin, target.timeouts()).keepSecret("of-somebody-else", "a", "b");
      target.close();
    }

    assertThat(names(admin, "default"))
        .contains("Secret/of-somebody-else")
        .doesNotContain("Secret/of-the-scenario");
    admin.secrets().inNamespace("default").withName("of-somebody-else").delete();
  }

  /** Names of what scenarios make, and the contents of what they change. */
  private static List<String> state() {
    KubernetesClient admin = lab.client(Persona.ADMIN);
    List<String> all = new ArrayList<>(new TreeSet<>(names(admin, "default")));
    all.addAll(new TreeSet<>(names(admin, "trustee-operator-system")));
    all.addAll(new OpSec(admin, Timeouts.times(1)).secretResources());
    for (String map :
        List.of("trusteeconfig-rvps-reference-values", "trusteeconfig-resource-policy")) {
      all.add(
          admin
              .configMaps()
              .inNamespace("trustee-operator-system")
              .withName(map)
              .require()
              .getData()
              .toString());
    }
    all.add(
        admin
            .configMaps()
            .inNamespace("openshift-sandboxed-containers-operator")
            .withName("peer-pods-cm")
            .require()
            .getData()
            .toString());
    return all;
  }

  private static List<String> names(KubernetesClient client, String namespace) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.addAll(client.secrets().inNamespace(namespace).list().getItems());
    objects.addAll(client.configMaps().inNamespace(namespace).list().getItems());
    if (namespace.equals("default")) {
      objects.addAll(client.pods().inNamespace(namespace).list().getItems());
    }
    return objects.stream()
        .map(object -> object.getKind() + "/" + object.getMetadata().getName())
        .toList();
  }

  @Test
  void withoutAKubeconfigNothingIsGuessed() {
    assertRefused(
        Optional.empty(),
        ExitCode.USAGE,
        "the target 'cluster' needs a cluster: name its kubeconfig with --kubeconfig or in"
            + " KUBECONFIG");
    assertRefused(
        Optional.of(folder.resolve("absent")),
        ExitCode.USAGE,
        "/absent cannot be read: there is no such file");
    assertRefused(Optional.of(folder), ExitCode.USAGE, " cannot be read: it is no regular file");
  }

  @Test
  void whatIsNoTextIsNoKubeconfig() throws IOException {
    Path file = Files.write(home.resolve("binary"), new byte[] {(byte) 0xff, 0, (byte) 0xfe});

    assertRefused(Optional.of(file), ExitCode.USAGE, "/binary: it is no kubeconfig");
  }

  /** A port that takes connections and says nothing. */
  @Test
  @Timeout(60)
  void aClusterThatIsSilentIsGivenUpSoon() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      assertRefused(
          Optional.of(at("https://127.0.0.1:" + silent.getLocalPort())),
          ExitCode.UNREACHABLE,
          "does not answer as it should: ");
    }
  }

  @Test
  void anAuthorityThatIsNotTheServersIsTold() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("untrusting"),
            Files.readString(kubeconfig)
                .replaceAll("certificate-authority-data: \"?[^\\s\"]+\"?", ""));

    assertRefused(
        Optional.of(file),
        ExitCode.UNREACHABLE,
        "no authority that the kubeconfig names made its certificate; name the right one in");
  }

  @Test
  void aHostThatIsNotThereIsTold() throws IOException {
    assertRefused(
        Optional.of(at("https://nowhere.invalid:6443")),
        ExitCode.UNREACHABLE,
        "the cluster at https://nowhere.invalid:6443/ does not answer as it should: there is no"
            + " host of this name");
  }

  private static Path at(String server) throws IOException {
    return Files.writeString(
        folder.resolve("elsewhere"),
        Files.readString(kubeconfig)
            .replaceAll("server: \"?https://[^\\s\"]+\"?", "server: " + server));
  }

  @Test
  void aClusterThatDoesNotAnswerIsTold() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    Files.writeString(
        nowhere,
        Files.readString(kubeconfig)
            .replaceAll("server: \"?https://[^\\s\"]+", "server: https://127.0.0.1:9"));

    assertRefused(
        Optional.of(nowhere),
        ExitCode.UNREACHABLE,
        "the cluster at https://127.0.0.1:9/ does not answer as it should: ");
  }

  @Test
  void aClusterWithoutTheSetUpIsTold() {
    KubernetesClient admin = lab.client(Persona.ADMIN);
    var runtimeClass = admin.runtimeClasses().withName("kata-remote");
    var kept = runtimeClass.require();
    runtimeClass.delete();
    try {
      assertRefused(
          Optional.of(kubeconfig),
          ExitCode.UNFIT,
          "lacks the RuntimeClass kata-remote; the workshop's set-up chapters make them");
    } finally {
      kept.getMetadata().setResourceVersion(null);
      admin.resource(kept).create();
    }
  }

  private static void assertRefused(Optional<Path> file, ExitCode code, String text) {
    assertThatThrownBy(() -> ClusterProvider.open(file))
        .isInstanceOfSatisfying(CliException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
        .hasMessageContaining(text);
  }
}
