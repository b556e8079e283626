package dev.cocolab.node;

import static dev.cocolab.node.KubeletStream.V4;
import static dev.cocolab.node.KubeletStream.V5;
import static dev.cocolab.node.KubeletStream.exec;
import static dev.cocolab.node.PodConditions.phase;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.WebSocketClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The kubelet's exec and attach over WebSockets, with the frames that a client sees. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExecStreamTest {
  private static final int RUNS = Integer.getInteger("cocolab.exec.runs", 20);

  private final TestCluster cluster;
  private WebSocketClient client;

  ExecStreamTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startPod() {
    client = KubeletStream.client(cluster);
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: streams}
        spec:
          terminationGracePeriodSeconds: 0
          initContainers:
          - {name: first, image: "quay.io/lab/tools:1", command: [sh, -c, "exit 0"]}
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sleep, "1000"]}
        """,
        phase("Running"));
  }

  @AfterAll
  void deletePod() {
    cluster.client.pods().inNamespace("default").withName("streams").delete();
    cluster.awaitGone("streams");
    client.close();
  }

  /** A pod that does nothing before the file {@code /go} is there, and then this. */
  private void applyWaiting(String name, String command) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s}
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 0
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command: [sh, -c, "until [ -e /go ]; do sleep 0.05; done; exec %s"]
        """
            .formatted(name, command),
        phase("Running"));
  }

  private KubeletStream open(String protocol, String uri) throws Exception {
    return KubeletStream.open(client, cluster, protocol, uri);
  }

  private String processes() throws Exception {
    return stdout("cat /proc/[0-9]*/cmdline").replace('\0', ' ');
  }

  private String stdout(String script) throws Exception {
    return open(V4, exec("streams", "", "sh", "-c", script)).ended().text(1);
  }

  @Test
  void theStatusComesOnceAfterAllOutputAndBeforeTheClose() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      KubeletStream stream =
          open(V4, exec("streams", "", "sh", "-c", "echo out; echo err >&2; exit 7")).ended();

      assertThat(stream.text(1)).isEqualTo("out\n");
      assertThat(stream.text(2)).isEqualTo("err\n");
      JsonNode status = stream.status();
      assertThat(status.path("status").asString()).isEqualTo("Failure");
      assertThat(status.path("reason").asString()).isEqualTo("NonZeroExitCode");
      assertThat(status.path("message").asString())
          .isEqualTo("command terminated with non-zero exit code: exit status 7");
      assertThat(status.at("/details/causes/0/reason").asString()).isEqualTo("ExitCode");
      assertThat(status.at("/details/causes/0/message").asString()).isEqualTo("7");
    }
  }

  @Test
  void anExitCodeOfZeroIsSuccess() throws Exception {
    KubeletStream stream = open(V5, exec("streams", "", "sh", "-c", "exit 0")).ended();

    assertThat(stream.socket.subProtocol()).isEqualTo(V5);
    assertThat(stream.status().path("status").asString()).isEqualTo("Success");
    assertThat(stream.frames).hasSize(1);
  }

  @Test
  void theEndOfInputReachesTheProcess() throws Exception {
    KubeletStream stream = open(V5, exec("streams", "&stdin=1", "sh", "-c", "cat; echo end"));
    stream.input("one\n");
    stream.input("two\n");
    stream.endInput();

    assertThat(stream.ended().text(1)).isEqualTo("one\ntwo\nend\n");
    assertThat(stream.status().path("status").asString()).isEqualTo("Success");
  }

  @Test
  void aTerminalTakesTheSizeThatTheClientSends() throws Exception {
    KubeletStream stream =
        open(
            V5,
            exec(
                "streams",
                "&stdin=1&tty=1",
                "perl",
                "-e",
                "$|=1; <STDIN>; ioctl(STDIN, 0x5413, $b=' ' x 8) or die;"
                    + " print 'size ', join('x', unpack('S2', $b)), \"\\n\"; print STDERR 'end'"));
    stream.send(4, "{\"Width\":132,\"Height\":50}".getBytes(StandardCharsets.US_ASCII));
    stream.input("go\n");

    assertThat(stream.ended().text(1)).contains("size 50x132").endsWith("end");
    assertThat(stream.text(2)).as("a terminal has one output").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "{\"Width\":\"x\"}", "{\"Width\":-4,\"Height\":99999999}", ""})
  void whatIsNoSizeDoesNotEndTheCommand(String size) throws Exception {
    KubeletStream stream =
        open(V5, exec("streams", "&stdin=1&tty=1", "sh", "-c", "read x; exit 4"));
    stream.send(4, size.getBytes(StandardCharsets.US_ASCII));
    stream.send(77, new byte[] {1, 2, 3});
    stream.input("go\n");

    assertThat(stream.ended().status().at("/details/causes/0/message").asString()).isEqualTo("4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/exec/default/streams/none",
        "/exec/default/streams/first",
        "/exec/default/nobody/app",
        "/attach/default/streams/first"
      })
  void whatDoesNotRunIsNotFound(String path) throws Exception {
    KubeletStream stream = open(V5, path + "?command=id").ended();

    assertThat(stream.status().path("reason").asString()).isEqualTo("InternalError");
    assertThat(stream.status().path("message").asString())
        .isEqualTo(
            "Internal error occurred: unable to upgrade connection: container not found (\""
                + path.substring(path.lastIndexOf('/') + 1)
                + "\")");
  }

  @Test
  void whoGoesAwayEndsTheCommandAndWhatItStarted() throws Exception {
    KubeletStream stream =
        open(V4, exec("streams", "&stdin=1", "sh", "-c", "sleep 777 & echo begun; wait"));
    Awaitility.await().until(() -> stream.text(1).equals("begun\n"));
    assertThat(processes()).containsPattern("sleep 777 (?!&)");

    stream.socket.close();

    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !processes().matches(".*sleep 777 (?!&).*"));
  }

  @Test
  void whoDoesNotReadHoldsUpNobodyElse() throws Exception {
    KubeletStream deaf = open(V4, exec("streams", "", "cat", "/dev/zero"));
    deaf.socket.pause();

    assertThat(stdout("echo here")).isEqualTo("here\n");
    deaf.socket.resume();
    deaf.socket.close();
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> !processes().contains("/dev/zero"));
  }

  @Test
  void aMegabyteOfInputForAProcessThatDoesNotReadIsNotAnEnd() throws Exception {
    KubeletStream stream = open(V5, exec("streams", "&stdin=1", "sh", "-c", "sleep 1; exec cat"));
    byte[] block = new byte[64 * 1024];
    for (int i = 0; i < 48; i++) {
      stream.socket.writeBinaryMessage(
          io.vertx.core.buffer.Buffer.buffer().appendByte((byte) 0).appendBytes(block));
    }
    stream.endInput();

    assertThat(stream.ended().text(1)).hasSize(48 * block.length);
  }

  @Test
  void attachShowsWhatIsPrintedFromNowOnAndEndsWithTheContainer() throws Exception {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: attached}
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 0
          containers:
          - name: app
            image: quay.io/lab/tools:1
            command: [sh, -c, "echo before; until [ -e /go ]; do sleep 0.05; done; echo out; echo err >&2; exit 3"]
        """,
        phase("Running"));
    Awaitility.await().until(() -> cluster.logs("attached", "app").equals("before\n"));
    KubeletStream stream = open(V5, "/attach/default/attached/app?stdout=1&stderr=1");
    open(V5, exec("attached", "", "touch", "/go")).ended();

    assertThat(stream.ended().text(1) + stream.text(2)).contains("out\n", "err\n");
    assertThat(stream.text(1)).as("only what comes from now on").doesNotContain("before");
    assertThat(stream.status().path("status").asString()).isEqualTo("Success");
    cluster.client.pods().inNamespace("default").withName("attached").delete();
    cluster.awaitGone("attached");
  }

  @Test
  void aNulByteInTheCommandIsNoFurtherParameter() throws Exception {
    KubeletStream stream =
        open(V5, "/exec/default/streams/app?command=sh&command=-c&command=id%00caps%0065535")
            .ended();

    assertThat(stream.frames).hasSize(1);
    assertThat(stream.status().path("message").asString())
        .isEqualTo("Internal error occurred: a NUL byte in the command: invalid argument");
  }

  @Test
  void inputForAnAttachedContainerIsDroppedAndHoldsNoThread() throws Exception {
    KubeletStream stream = open(V5, "/attach/default/streams/app?stdin=1&stdout=1");
    stream.input("nobody reads this\n");
    stream.send(4, "{\"Width\":80,\"Height\":24}".getBytes(StandardCharsets.US_ASCII));
    stream.endInput();
    assertThat(stdout("echo alive")).isEqualTo("alive\n");
    stream.socket.close();

    Awaitility.await().atMost(Duration.ofSeconds(10)).until(ExecStreamTest::noThreadServesAStream);
  }

  private static boolean noThreadServesAStream() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .noneMatch(frame -> frame.getClassName().contains("kubelet.CommandChannels"));
  }

  @Test
  void attachKeepsAClientThatReadsThroughABurst() throws Exception {
    applyWaiting("burst", "perl -e 'print q(x) x 99, qq(\\n) for 1..20000'");
    KubeletStream stream = open(V5, "/attach/default/burst/app?stdout=1&stderr=1");
    open(V5, exec("burst", "", "touch", "/go")).ended();

    assertThat(stream.ended().status().path("status").asString()).isEqualTo("Success");
    assertThat(stream.text(1)).hasSize(2_000_000);
    cluster.client.pods().inNamespace("default").withName("burst").delete();
    cluster.awaitGone("burst");
  }

  @Test
  void attachCutsOffAClientThatDoesNotRead() throws Exception {
    applyWaiting("flood", "perl -e 'print q(x) x 999, qq(\\n) for 1..20000'");
    KubeletStream deaf = open(V5, "/attach/default/flood/app?stdout=1&stderr=1");
    deaf.socket.pause();
    open(V5, exec("flood", "", "touch", "/go")).ended();

    cluster.await("flood", phase("Succeeded"));
    deaf.socket.resume();
    Awaitility.await().until(() -> deaf.frames.stream().anyMatch(frame -> frame.channel() == 3));
    assertThat(deaf.status().path("message").asString())
        .isEqualTo("Internal error occurred: the client does not read what it attached itself to");
    assertThat(deaf.text(1).length()).isLessThan(10_000_000);
    deaf.socket.close();
    cluster.client.pods().inNamespace("default").withName("flood").delete();
    cluster.awaitGone("flood");
  }
}
