package dev.cocolab.node;

import static dev.cocolab.node.KubeletStream.V5;
import static dev.cocolab.node.KubeletStream.exec;
import static dev.cocolab.node.PodConditions.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Initdata;
import io.vertx.core.http.WebSocketClient;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Commands in pod VMs whose agent allows some requests and not others. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardedExecTest {
  private final TestCluster cluster;
  private WebSocketClient client;

  GuardedExecTest(TestCluster cluster) {
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

  private void pod(String name, String policy) {
    String toml =
        """
        algorithm = "sha256"
        version = "0.1.0"
        [data]
        "aa.toml" = '''
        [token_configs]
        [token_configs.kbs]
        url = "http://broker.test:8080"
        '''
        "cdh.toml" = '''
        socket = "unix:///run/confidential-containers/cdh.sock"
        credentials = []
        [kbc]
        name = "cc_kbc"
        url = "http://broker.test:8080"
        '''
        "policy.rego" = '''
        package agent_policy
        default CreateSandboxRequest := true
        default CreateContainerRequest := true
        default StartContainerRequest := true
        default RemoveContainerRequest := true
        default DestroySandboxRequest := true
        default SignalProcessRequest := true
        default WaitProcessRequest := true
        default CloseStdinRequest := true
        default TtyWinResizeRequest := true
        %s
        '''
        """
            .formatted(policy);
    String annotation = Initdata.parse(toml.getBytes(StandardCharsets.UTF_8)).encodeAnnotation();
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          annotations: {io.katacontainers.config.hypervisor.cc_init_data: "%s"}
        spec:
          runtimeClassName: kata-remote
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sh, -c, "echo hello; exec sleep 1000"]}
        """
            .formatted(name, annotation),
        phase("Running"));
  }

  private void delete(String name) {
    cluster.client.pods().inNamespace("default").withName(name).delete();
    cluster.awaitGone(name);
    Awaitility.await().until(() -> cluster.node.podVms().isEmpty());
  }

  private KubeletStream run(String pod, String options, String... command) throws Exception {
    return KubeletStream.open(client, cluster, V5, exec(pod, options, command));
  }

  @Test
  void aRefusedCommandGivesTheRuntimesText() throws Exception {
    pod(
        "no-exec",
        """
        default ExecProcessRequest := false
        default ReadStreamRequest := true
        """);
    KubeletStream stream = run("no-exec", "", "id").ended();

    assertThat(stream.status().path("message").asString())
        .matches(
            "Internal error occurred: error executing command in container: cannot enter container"
                + " [0-9a-f]{64}, with err rpc error: code = PermissionDenied desc ="
                + " \"ExecProcessRequest is blocked by policy: \": unknown");
    assertThat(stream.frames).hasSize(1);
    assertThat(cluster.logs("no-exec", "app")).isEqualTo("hello\n");
    delete("no-exec");
  }

  @Test
  void withoutReadsAndWritesACommandRunsUnseenAndUnheard() throws Exception {
    pod(
        "deaf-and-dumb",
        """
        default ExecProcessRequest := true
        default ReadStreamRequest := false
        default WriteStreamRequest := false
        """);

    KubeletStream id = run("deaf-and-dumb", "", "sh", "-c", "id; id >&2; touch /ran").ended();
    assertThat(id.status().path("status").asString()).isEqualTo("Success");
    assertThat(id.frames).hasSize(1);

    KubeletStream code = run("deaf-and-dumb", "", "sh", "-c", "[ -e /ran ] && exit 5").ended();
    assertThat(code.status().at("/details/causes/0/message").asString())
        .as("the first command ran and the code of the second comes back")
        .isEqualTo("5");

    KubeletStream cat =
        run("deaf-and-dumb", "&stdin=1", "sh", "-c", "read x; [ \"$x\" = hi ] && exit 9; exit 0");
    cat.input("hi\n");
    cat.endInput();
    assertThat(cat.ended().status().path("status").asString())
        .as("what was written did not reach the process")
        .isEqualTo("Success");
    assertThat(cluster.logs("deaf-and-dumb", "app")).isEmpty();
    delete("deaf-and-dumb");
  }

  @Test
  void withoutWritesACommandIsSeenButHearsNothing() throws Exception {
    pod(
        "dumb",
        """
        default ExecProcessRequest := false
        ExecProcessRequest if { input.process.Args[0] == "sh" }
        default ReadStreamRequest := true
        """);

    KubeletStream seen = run("dumb", "&stdin=1", "sh", "-c", "read x; echo got $x");
    seen.input("hi\n");
    seen.endInput();
    assertThat(seen.ended().text(1)).isEqualTo("got\n");
    assertThat(run("dumb", "", "id").ended().status().path("message").asString())
        .contains("ExecProcessRequest is blocked by policy");
    delete("dumb");
  }
}
