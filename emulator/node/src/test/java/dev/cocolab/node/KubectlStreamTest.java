package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.node.Kubectl.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real kubectl, through the API server's relay, into containers. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlStreamTest {
  @TempDir static Path home;

  private final TestCluster cluster;
  private Kubectl kubectl;

  KubectlStreamTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startPod() throws Exception {
    kubectl = Kubectl.orSkip(cluster, home);
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: typed}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sh, -c, "echo one; echo two; exec sleep 1000"]}
        """,
        phase("Running"));
  }

  @AfterAll
  void deletePod() {
    if (cluster.client.pods().inNamespace("default").withName("typed").get() != null) {
      cluster.client.pods().inNamespace("default").withName("typed").delete();
      cluster.awaitGone("typed");
    }
  }

  @Test
  void execGivesOutputsAndTheExitCode() throws Exception {
    assertThat(kubectl.run("", "exec", "typed", "--", "sh", "-c", "echo out; echo err >&2; exit 7"))
        .isEqualTo(new Result(7, "out\n", "err\ncommand terminated with exit code 7\n"));
  }

  @Test
  void execTakesInputToItsEnd() throws Exception {
    assertThat(kubectl.run("one\ntwo\n", "exec", "-i", "typed", "--", "cat"))
        .isEqualTo(new Result(0, "one\ntwo\n", ""));
  }

  @Test
  void execOfNoProgramFailsAndSaysWhichOne() throws Exception {
    Result result = kubectl.run("", "exec", "typed", "--", "no-such-program");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("error: Internal error occurred: error executing command in container: ")
        .contains("\"no-such-program\": executable file not found in $PATH");
  }

  @Test
  void execInNoContainerSaysSo() throws Exception {
    Result result = kubectl.run("", "exec", "typed", "-c", "none", "--", "id");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo("Error from server (BadRequest): container none is not valid for pod typed\n");
  }

  @Test
  void logsAreCutAsAskedFor() throws Exception {
    assertThat(kubectl.run("", "logs", "typed").out()).isEqualTo("one\ntwo\n");
    assertThat(kubectl.run("", "logs", "typed", "--tail=1").out()).isEqualTo("two\n");
    assertThat(kubectl.run("", "logs", "typed", "--tail=0").out()).isEmpty();
    assertThat(kubectl.run("", "logs", "typed", "--limit-bytes=5").out()).isEqualTo("one\nt");
    assertThat(kubectl.run("", "logs", "typed", "--since=1h").out()).isEqualTo("one\ntwo\n");
    assertThat(kubectl.run("", "logs", "typed", "--since-time=2999-01-01T00:00:00Z").out())
        .isEmpty();
    assertThat(kubectl.run("", "logs", "typed", "--timestamps", "--tail=1").out())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z two\\n");
    Result previous = kubectl.run("", "logs", "typed", "--previous");
    assertThat(previous.exit()).isEqualTo(1);
    assertThat(previous.err())
        .contains("previous terminated container \"app\" in pod \"typed\" not found");
  }

  @Test
  void aDeafAndDumbPodVmRunsCommandsAndShowsNothing() throws Exception {
    GuardedPod.apply(
        cluster,
        "mute",
        GuardedPod.policy(
            "default ReadStreamRequest := false\ndefault WriteStreamRequest := false\n"),
        phase("Running"));

    assertThat(kubectl.run("", "exec", "mute", "--", "id")).isEqualTo(new Result(0, "", ""));
    assertThat(kubectl.run("hi\n", "exec", "-i", "mute", "--", "cat"))
        .isEqualTo(new Result(0, "", ""));
    assertThat(kubectl.run("", "logs", "mute")).isEqualTo(new Result(0, "", ""));
    GuardedPod.delete(cluster, "mute");
  }

  @Test
  void aForbiddenCommandEndsWithTheGuidesMessage() throws Exception {
    GuardedPod.apply(
        cluster,
        "guarded",
        GuardedPod.policy("default ExecProcessRequest := false\n"),
        phase("Running"));

    Result refused = kubectl.run("", "exec", "guarded", "--", "bash");

    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .matches(
            "error: Internal error occurred: error executing command in container: cannot enter"
                + " container [0-9a-f]{64}, with err rpc error: code = PermissionDenied desc ="
                + " \"ExecProcessRequest is blocked by policy: \": unknown\n");
    assertThat(kubectl.run("", "logs", "guarded").out()).isEqualTo("hello\n");
    GuardedPod.delete(cluster, "guarded");
  }
}
