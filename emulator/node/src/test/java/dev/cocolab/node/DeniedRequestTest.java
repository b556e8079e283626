package dev.cocolab.node;

import static dev.cocolab.node.KubeletStream.V5;
import static dev.cocolab.node.KubeletStream.exec;
import static dev.cocolab.node.PodConditions.phase;
import static dev.cocolab.node.PodConditions.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.vertx.core.http.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each request of a pod's life that the VM's agent refuses, and where the user sees it. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeniedRequestTest {
  private static final String SANDBOX =
      "Warning FailedCreatePodSandBox Failed to create pod sandbox: rpc error: code = Unknown desc = ";

  private final TestCluster cluster;
  private WebSocketClient client;

  DeniedRequestTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void open() {
    client = KubeletStream.client(cluster);
  }

  @AfterAll
  void close() {
    client.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CreateSandboxRequest | CreateContainer failed: \"%s is blocked by policy: \": unknown",
        "GuestDetailsRequest | CreateContainer failed: \"%s is blocked by policy: \": unknown",
        "CopyFileRequest | CreateContainer failed: Could not send CopyFile request: rpc error: code ="
            + " PermissionDenied desc = \"%s is blocked by policy: \": unknown",
        "CreateContainerRequest | CreateContainer failed: \"%s is blocked by policy: \": unknown",
        "StartContainerRequest | \"%s is blocked by policy: \": unknown",
      })
  void atTheBeginningOfTheSandboxIsAnEventOfThePod(String request, String text) {
    String name = "without-" + request.toLowerCase(Locale.ROOT);
    GuardedPod.apply(
        cluster,
        name,
        GuardedPod.policy("default " + request + " := false\n"),
        waiting("ContainerCreating"));

    cluster.awaitEvent(name, SANDBOX + text.formatted(request));
    assertThat(cluster.node.podVms()).isEmpty();
    GuardedPod.delete(cluster, name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CreateContainerRequest | input.OCI.Annotations[\"io.kubernetes.cri-o.ContainerType\"] =="
            + " \"sandbox\"",
        "CopyFileRequest | not endswith(input.path, \"-termination-log\")"
      })
  void atTheCreationOfAContainerIsAnEventOfTheContainer(String request, String condition) {
    String name = "app-without-" + request.toLowerCase(Locale.ROOT);
    String rules = "default %1$s := false\n%1$s if { %2$s }\n".formatted(request, condition);
    GuardedPod.apply(cluster, name, GuardedPod.policy(rules), waiting("CreateContainerError"));

    cluster.awaitEvent(
        name,
        "Warning Failed Error: CreateContainer failed: \""
            + request
            + " is blocked by policy: \": unknown");
    GuardedPod.delete(cluster, name);
  }

  /** The policy remembers that the sandbox's own container was started, and allows no other. */
  @Test
  void atTheStartOfAContainerIsAnEventOfTheContainer() {
    String rules =
        """
        default StartContainerRequest := false
        StartContainerRequest := {"allowed": true, "ops": [
          {"op": "add", "path": "/pstate/started", "value": true}]} if { not data.pstate.started }
        """;
    GuardedPod.apply(
        cluster, "no-second-start", GuardedPod.policy(rules), waiting("RunContainerError"));

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(cluster.events("no-second-start"))
                    .anyMatch(
                        line ->
                            line.matches(
                                "Warning Failed Error: failed to start container [0-9a-f]{64}:"
                                    + " \"StartContainerRequest is blocked by policy: \": unknown")));
    GuardedPod.delete(cluster, "no-second-start");
  }

  @Test
  void aSignalIsAnEventAndTheVmEndsThePodAfterItsGrace() {
    GuardedPod.apply(
        cluster,
        "undying",
        GuardedPod.policy("default SignalProcessRequest := false\n"),
        phase("Running"));

    GuardedPod.delete(cluster, "undying");

    assertThat(cluster.events("undying"))
        .anyMatch(
            line ->
                line.matches(
                    "Warning FailedKillPod error killing pod: failed to \"KillContainer\" for \"app\""
                        + " with KillContainerError: \"rpc error: code = Unknown desc = failed to stop"
                        + " container [0-9a-f]{64}: \\\\\"SignalProcessRequest is blocked by policy:"
                        + " \\\\\": unknown\""));
  }

  @Test
  void aWaitIsAnUnknownExitCode() throws Exception {
    apply(
        "endless",
        GuardedPod.policy("default WaitProcessRequest := false\n"),
        "until [ -e /go ]; do sleep 0.05; done; exit 0",
        phase("Running"));
    KubeletStream stream =
        KubeletStream.open(client, cluster, V5, exec("endless", "", "touch", "/go")).ended();

    assertThat(stream.status().at("/details/causes/0/message").asString()).isEqualTo("255");
    ContainerStateTerminated end = terminated(cluster.await("endless", phase("Failed")));
    assertThat(end.getExitCode()).isEqualTo(255);
    assertThat(end.getReason()).isEqualTo("Error");
    GuardedPod.delete(cluster, "endless");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theTerminationMessageStaysInTheVm(boolean allowed) {
    String name = "last-words-" + allowed;
    apply(
        name,
        GuardedPod.policy("default GetDiagnosticDataRequest := " + allowed + "\n"),
        "echo farewell > /dev/termination-log",
        phase("Succeeded"));

    ContainerStateTerminated end = terminated(cluster.await(name, phase("Succeeded")));
    assertThat(String.valueOf(end.getMessage())).isEqualTo(allowed ? "farewell\n" : "null");
    GuardedPod.delete(cluster, name);
  }

  @Test
  void othersAreSilentAndStandInTheGuestsLog() {
    List<String> silent =
        List.of(
            "GetOOMEventRequest",
            "RemoveContainerRequest",
            "RemoveStaleVirtiofsShareMountsRequest",
            "DestroySandboxRequest");
    StringBuilder rules = new StringBuilder();
    silent.forEach(name -> rules.append("default ").append(name).append(" := false\n"));
    cluster.guestLog.clear();

    apply("silent", GuardedPod.policy(rules.toString()), "echo hello", phase("Succeeded"));
    assertThat(cluster.logs("silent", "app")).isEqualTo("hello\n");
    GuardedPod.delete(cluster, "silent");

    for (String name : silent) {
      assertThat(cluster.guestLog).contains("kata-agent: \"" + name + " is blocked by policy: \"");
    }
    assertThat(cluster.events("silent")).noneMatch(line -> line.startsWith("Warning"));
  }

  @Test
  void withoutCloseAndResizeACommandKeepsItsInputAndItsSize() throws Exception {
    GuardedPod.apply(
        cluster,
        "open-end",
        GuardedPod.policy(
            "default CloseStdinRequest := false\ndefault TtyWinResizeRequest := false\n"),
        phase("Running"));
    String size = "$|=1; <STDIN>; ioctl(STDIN, 0x5413, $b=' ' x 8) or die; print unpack('S', $b)";
    KubeletStream terminal =
        KubeletStream.open(
            client, cluster, V5, exec("open-end", "&stdin=1&tty=1", "perl", "-e", size));
    terminal.send(4, "{\"Width\":132,\"Height\":50}".getBytes(StandardCharsets.US_ASCII));
    terminal.input("go\n");
    assertThat(terminal.ended().text(1)).endsWith("0");

    KubeletStream reader =
        KubeletStream.open(
            client, cluster, V5, exec("open-end", "&stdin=1", "sh", "-c", "cat; echo end"));
    reader.input("one\n");
    reader.endInput();
    Awaitility.await().until(() -> reader.text(1).equals("one\n"));
    Awaitility.await()
        .until(
            () ->
                cluster.guestLog.contains(
                    "kata-agent: \"CloseStdinRequest is blocked by policy: \""));
    assertThat(reader.socket.isClosed()).isFalse();
    reader.socket.close();
    GuardedPod.delete(cluster, "open-end");
  }

  @Test
  void anAnnotationReplacesThePolicyWhereThatIsAllowed() throws Exception {
    String denied = GuardedPod.policy("default SetPolicyRequest := false\n");
    String other = GuardedPod.policy("default ExecProcessRequest := false\n");
    annotated("kept", denied, base64(other), waiting("ContainerCreating"));
    cluster.awaitEvent(
        "kept",
        SANDBOX + "CreateContainer failed: \"SetPolicyRequest is blocked by policy: \": unknown");
    GuardedPod.delete(cluster, "kept");

    annotated("replaced", GuardedPod.policy(""), base64(other), phase("Running"));
    assertThat(
            KubeletStream.open(client, cluster, V5, exec("replaced", "", "id"))
                .ended()
                .status()
                .path("message")
                .asString())
        .contains("ExecProcessRequest is blocked by policy");
    GuardedPod.delete(cluster, "replaced");

    annotated("unreadable", GuardedPod.policy(""), "no base64", waiting("ContainerCreating"));
    cluster.awaitEvent("unreadable", "illegal base64 data");
    GuardedPod.delete(cluster, "unreadable");
  }

  private void apply(String name, String policy, String script, Predicate<Pod> condition) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          annotations: {io.katacontainers.config.hypervisor.cc_init_data: "%s"}
        spec:
          runtimeClassName: kata-remote
          restartPolicy: Never
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sh, -c, "%s"]}
        """
            .formatted(name, GuardedPod.initdata(policy).encodeAnnotation(), script),
        condition);
  }

  private void annotated(String name, String own, String annotation, Predicate<Pod> condition) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          annotations:
            io.katacontainers.config.hypervisor.cc_init_data: "%s"
            io.katacontainers.config.agent.policy: "%s"
        spec:
          runtimeClassName: kata-remote
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sleep, "1000"]}
        """
            .formatted(name, GuardedPod.initdata(own).encodeAnnotation(), annotation),
        condition);
  }

  private static ContainerStateTerminated terminated(Pod pod) {
    return pod.getStatus().getContainerStatuses().get(0).getState().getTerminated();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
