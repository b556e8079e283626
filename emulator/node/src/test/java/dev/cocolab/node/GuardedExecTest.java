package dev.cocolab.node;

import static dev.cocolab.node.KubeletStream.V5;
import static dev.cocolab.node.KubeletStream.exec;
import static dev.cocolab.node.PodConditions.phase;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.WebSocketClient;
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

  private void pod(String name, String rules) {
    GuardedPod.apply(cluster, name, GuardedPod.policy(rules), phase("Running"));
  }

  private void delete(String name) {
    GuardedPod.delete(cluster, name);
  }

  /** A container that runs need not have said anything yet. */
  private void awaitGreeting(String pod) {
    Awaitility.await()
        .untilAsserted(() -> assertThat(cluster.logs(pod, "app")).isEqualTo("hello\n"));
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
    awaitGreeting("no-exec");
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
        default WriteStreamRequest := false
        """);

    KubeletStream seen = run("dumb", "&stdin=1", "sh", "-c", "read x; echo got $x");
    seen.input("hi\n");
    seen.endInput();
    assertThat(seen.ended().text(1)).isEqualTo("got\n");
    assertThat(run("dumb", "", "id").ended().status().path("message").asString())
        .contains("ExecProcessRequest is blocked by policy");
    delete("dumb");
  }

  @Test
  void aShellInADeafAndDumbTerminalOpensAndEndsWithTheFirstKey() throws Exception {
    pod(
        "dead-console",
        """
        default ExecProcessRequest := true
        default ReadStreamRequest := false
        default WriteStreamRequest := false
        """);
    KubeletStream shell = run("dead-console", "&stdin=1&tty=1", "sh");
    KubeletStream other = run("dead-console", "", "sh", "-c", "exit 3").ended();
    assertThat(other.status().at("/details/causes/0/message").asString()).isEqualTo("3");
    assertThat(shell.socket.isClosed()).as("a shell that nobody types into stays").isFalse();
    assertThat(shell.frames).as("no prompt").isEmpty();

    shell.input("echo secret; exit 7\r");

    assertThat(shell.ended().frames).as("no echo, no output, and no denial").hasSize(1);
    assertThat(shell.status().path("status").asString())
        .as("the line was not executed; the shell read the end of its input")
        .isEqualTo("Success");
    delete("dead-console");
  }

  @Test
  void aShellInADumbTerminalShowsItsPromptAndTakesNoKey() throws Exception {
    pod(
        "dumb-console",
        """
        default ExecProcessRequest := true
        default ReadStreamRequest := true
        default WriteStreamRequest := false
        """);
    KubeletStream shell = run("dumb-console", "&stdin=1&tty=1", "sh", "-c", "echo up; exec sh");
    Awaitility.await().until(() -> shell.text(1).contains("up"));

    shell.input("exit 7\r");

    assertThat(shell.ended().status().path("status").asString()).isEqualTo("Success");
    assertThat(shell.text(1)).doesNotContain("exit 7");
    awaitGreeting("dumb-console");
    delete("dumb-console");
  }
}
