package dev.cocolab.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.guest.AgentRequest;
import dev.cocolab.guest.PolicyVerdict;
import dev.cocolab.guest.PolicyVerdict.Outcome;
import dev.cocolab.image.ImageReference;
import dev.cocolab.image.RegistryClient;
import dev.cocolab.image.UnpackedImage;
import dev.cocolab.node.container.NodeBackend;
import dev.cocolab.node.container.OutgoingNames;
import dev.cocolab.node.container.PodAddresses;
import dev.cocolab.node.log.LogQuery;
import dev.cocolab.node.log.PodLogs;
import dev.cocolab.node.pod.CommandSession;
import dev.cocolab.node.pod.ContainerCommand;
import dev.cocolab.node.pod.ContainerStart;
import dev.cocolab.node.pod.PreparedPod;
import dev.cocolab.node.pod.RunningContainer;
import dev.cocolab.node.vm.PodMachine;
import dev.cocolab.node.volume.ClusterObjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A variable that holds a pointer: what the container's process prints, and what exec prints. */
@ExtendWith(ClusterExtension.class)
class SealedVariableTest {
  private static final String POINTER = "sealed.a.b.c";

  private final TestCluster cluster;

  SealedVariableTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @ParameterizedTest(name = "commands see {1} where the agent unseals for them: {0}")
  @CsvSource({"false, sealed.a.b.c", "true, clear of sealed.a.b.c"})
  void theProcessSeesTheSecretAndACommandWhatTheReleaseShows(boolean unseals, String seen)
      throws Exception {
    Path base = cluster.base.resolve("sealed-" + unseals);
    ExecutorService threads = Executors.newCachedThreadPool();
    PodLogs logs = new PodLogs(base.resolve("logs"), Clock.systemUTC());
    try (RegistryClient registry = new RegistryClient(cluster.registryOptions());
        OutgoingNames names = new OutgoingNames(Map.of(), cluster.sandboxes.runtimeDirectory());
        NodeBackend backend =
            new NodeBackend(
                new NodeBackend.Parts(
                    cluster.sandboxes,
                    cluster.images,
                    cluster.registryOptions(),
                    (pod, sandboxId) -> new UnsealingMachine(registry, unseals),
                    Map.of(),
                    names,
                    new PodAddresses(InetAddress.getByName("127.92.1.1").getAddress()),
                    new NoObjects(),
                    logs,
                    cluster.vertx,
                    base,
                    "127.92.1.1",
                    Clock.systemUTC(),
                    new SecureRandom(),
                    threads));
        PreparedPod pod = backend.prepare(pod(), (type, reason, message, path) -> {})) {
      RunningContainer app =
          pod.start(
              new ContainerStart(
                  pod(),
                  pod().getSpec().getContainers().get(0),
                  false,
                  0,
                  (type, reason, message, path) -> {}));

      CommandSession command =
          app.exec(new ContainerCommand(List.of("sh", "-c", "echo $DB_PASS"), false, false));
      assertThat(new String(command.stdout().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(seen + "\n");
      assertThat(command.exited().toCompletableFuture().get(20, TimeUnit.SECONDS)).isZero();
      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(
                          logs.current("sealed-uid", "app")
                              .orElseThrow()
                              .snapshot(LogQuery.tail(9)))
                      .containsExactly("clear of " + POINTER + "\n"));
      app.stop(Duration.ZERO);
      app.exited().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } finally {
      threads.shutdown();
    }
  }

  private static Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName("sealed")
        .withNamespace("default")
        .withUid("sealed-uid")
        .endMetadata()
        .withNewSpec()
        .withRuntimeClassName("kata-remote")
        .withContainers(
            new ContainerBuilder()
                .withName("app")
                .withImage(TestCluster.IMAGE)
                .withCommand("sh", "-c", "echo $DB_PASS; exec sleep 1000")
                .addNewEnv()
                .withName("DB_PASS")
                .withValue(POINTER)
                .endEnv()
                .build())
        .endSpec()
        .build();
  }

  /** Allows everything and knows the secret behind every pointer. */
  private final class UnsealingMachine implements PodMachine {
    private final RegistryClient client;
    private final boolean forCommands;

    private UnsealingMachine(RegistryClient client, boolean forCommands) {
      this.client = client;
      this.forCommands = forCommands;
    }

    @Override
    public String name() {
      return "podvm-sealed";
    }

    @Override
    public String size() {
      return "Standard_DC2as_v5";
    }

    @Override
    public UUID vmId() {
      return new UUID(0, 1);
    }

    @Override
    public PolicyVerdict ask(AgentRequest request) {
      return new PolicyVerdict(Outcome.ALLOWED, "");
    }

    @Override
    public PolicyVerdict setPolicy(String rego) {
      throw new AssertionError("not asked here");
    }

    @Override
    public UnpackedImage pull(String reference) {
      return cluster.images.pull(ImageReference.parse(reference), client, (image, manifest) -> {});
    }

    @Override
    public String unsealVariable(String value) {
      return value.startsWith("sealed.") ? "clear of " + value : value;
    }

    @Override
    public String unsealCommandVariable(String value) {
      return forCommands ? unsealVariable(value) : value;
    }

    @Override
    public Optional<byte[]> unsealFile(byte[] content) {
      return Optional.empty();
    }

    @Override
    public void serveApi(Path socket) {
      // Nobody asks for it.
    }

    @Override
    public void close() {
      // Nothing runs.
    }
  }

  private static final class NoObjects implements ClusterObjects {
    @Override
    public Optional<Secret> secret(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Optional<ConfigMap> configMap(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public String serviceAccountToken(Pod pod, String audience, long seconds) {
      return "";
    }
  }
}
