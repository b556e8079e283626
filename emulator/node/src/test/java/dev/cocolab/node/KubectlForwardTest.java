package dev.cocolab.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.node.Kubectl.Running;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kubectl port-forward}: SPDY in one WebSocket for all connections. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlForwardTest {
  private static final Pattern LOCAL_PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+) -> ");
  private static final String IN_FRONT =
      """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Service
        metadata: {name: front}
        spec: {selector: {app: forwarded}, ports: [{port: 80, targetPort: web}]}
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: front}
        spec:
          replicas: 0
          selector: {matchLabels: {app: forwarded}}
          template:
            metadata: {labels: {app: forwarded}}
            spec: {containers: [{name: app, image: "quay.io/lab/tools:1"}]}
      """;

  @TempDir static Path home;

  private final TestCluster cluster;
  private final List<Running> forwards = new ArrayList<>();
  private Kubectl kubectl;

  KubectlForwardTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startPods() throws Exception {
    kubectl = Kubectl.orSkip(cluster, home);
    HttpPod.start(cluster, "forwarded", "");
    HttpPod.start(cluster, "secretly-forwarded", "runtimeClassName: kata-remote");
    cluster
        .client
        .load(new ByteArrayInputStream(IN_FRONT.getBytes(StandardCharsets.UTF_8)))
        .create();
  }

  @AfterEach
  void endForwards() {
    forwards.forEach(forward -> forward.process().destroy());
    forwards.clear();
    Awaitility.await("what a client that is gone leaves behind")
        .atMost(Duration.ofSeconds(10))
        .until(Leftovers::connections, count -> count == 0);
  }

  @AfterAll
  void deletePods() {
    if (kubectl != null) {
      cluster
          .client
          .load(new ByteArrayInputStream(IN_FRONT.getBytes(StandardCharsets.UTF_8)))
          .delete();
      HttpPod.delete(cluster, "forwarded");
      HttpPod.delete(cluster, "secretly-forwarded");
    }
  }

  private Running forward(String target, int port) throws IOException {
    Running forward = kubectl.start("port-forward", target, ":" + port);
    forwards.add(forward);
    return forward;
  }

  private static int localPort(Running forward) {
    Matcher line =
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .pollInterval(Duration.ofMillis(20))
            .until(
                () -> {
                  assertThat(forward.complaints()).isEmpty();
                  return LOCAL_PORT.matcher(forward.printed());
                },
                Matcher::find);
    return Integer.parseInt(line.group(1));
  }

  @ParameterizedTest
  @CsvSource({
    "pod/forwarded, 8080",
    "svc/front, 80",
    "deploy/front, 8080",
    "pod/forwarded, 8081",
    "pod/secretly-forwarded, 8080"
  })
  void carriesFiveMebibytesBothWays(String target, int port) throws IOException {
    byte[] body = new byte[5 * 1024 * 1024];
    new Random(7).nextBytes(body);
    Running forward = forward(target, port);
    int local = localPort(forward);

    assertThat(HttpPod.echo(local, body)).isEqualTo(body);
    assertThat(HttpPod.get(local, "/3")).hasSize(3);
    assertThat(forward.complaints()).isEmpty();
    assertThat(forward.process().isAlive()).isTrue();
  }

  @Test
  void carriesConnectionsSideBySide() throws Exception {
    Running forward = forward("pod/forwarded", 8080);
    int local = localPort(forward);
    ExecutorService users = Executors.newFixedThreadPool(8);
    try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), local)) {
      List<CompletableFuture<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        byte[] body = new byte[300_000 + i];
        new Random(i).nextBytes(body);
        answers.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    assertThat(HttpPod.echo(local, body)).isEqualTo(body);
                    return body;
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                },
                users));
      }
      for (CompletableFuture<byte[]> answer : answers) {
        answer.get(30, TimeUnit.SECONDS);
      }
      assertThat(silent.isConnected()).isTrue();
    } finally {
      users.shutdownNow();
    }
    assertThat(forward.complaints()).isEmpty();
  }

  @Test
  void printsWhyThereIsNoConnection() throws Exception {
    Running forward = forward("pod/forwarded", 9999);
    int local = localPort(forward);

    HttpPod.refused(local);

    Awaitility.await().until(() -> forward.complaints().contains("9999"));
    assertThat(forward.complaints())
        .containsPattern(
            "an error occurred forwarding "
                + local
                + " -> 9999: error forwarding port 9999 to pod [0-9a-f]{64}, uid : port forward into"
                + " network namespace .*: failed to connect to localhost:9999 inside namespace"
                + " [0-9a-f]{64}: dial tcp 127.0.0.1:9999: connect: connection refused");
  }

  @Test
  void leavesNothingOfAHundredConnections() throws Exception {
    Running forward = forward("pod/forwarded", 8080);
    int local = localPort(forward);
    HttpPod.get(local, "/1");
    Awaitility.await().until(Leftovers::connections, count -> count == 0);
    int before = Leftovers.descriptors();
    long processes = ProcessHandle.current().descendants().count();

    for (int i = 0; i < 100; i++) {
      assertThat(HttpPod.get(local, "/10")).hasSize(10);
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(Leftovers.connections()).isZero();
              assertThat(Leftovers.descriptors()).isLessThanOrEqualTo(before + 5);
              assertThat(ProcessHandle.current().descendants().count())
                  .isLessThanOrEqualTo(processes);
            });
    assertThat(forward.complaints()).isEmpty();
  }

  @Test
  void ofAPodThatEndsTheConnectionsEnd() throws Exception {
    HttpPod.start(cluster, "short-forwarded", "");
    int local = localPort(forward("pod/short-forwarded", 8082));
    try (Socket held = new Socket(InetAddress.getLoopbackAddress(), local)) {
      held.setSoTimeout(20_000);
      Awaitility.await().until(() -> cluster.logs("short-forwarded", "app").contains("held"));
      HttpPod.delete(cluster, "short-forwarded");

      assertThat(held.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whoDoesNotReadOrIsNotReadHoldsUpHimselfOnly() throws Exception {
    HttpPod.start(cluster, "deaf", "");
    Running deaf = forward("pod/deaf", 8082);
    int held = localPort(deaf);
    int local = localPort(forward("pod/forwarded", 8080));
    try (Socket flood = new Socket(InetAddress.getLoopbackAddress(), held);
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), local)) {
      Thread writer = new Thread(() -> flood(flood), "floods");
      writer.setDaemon(true);
      writer.start();
      slow.getOutputStream()
          .write("GET /50000000 HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      int other = localPort(forward("pod/forwarded", 8080));

      assertThat(HttpPod.get(other, "/3")).hasSize(3);
      assertThat(writer.isAlive()).as("the pod does not read").isTrue();
      assertThat(deaf.complaints()).isEmpty();
      HttpPod.delete(cluster, "deaf");
    }
  }

  private static void flood(Socket socket) {
    byte[] block = new byte[65536];
    try {
      while (true) {
        socket.getOutputStream().write(block);
      }
    } catch (IOException e) {
      // the test is over
    }
  }
}
