package dev.cocolab.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Port-forward as the fabric8 client does it: one WebSocket a connection, v4.channel.k8s.io. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FabricForwardTest {
  private final TestCluster cluster;

  FabricForwardTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startPods() {
    HttpPod.start(cluster, "served", "");
    HttpPod.start(cluster, "secretly-served", "runtimeClassName: kata-remote");
  }

  @AfterAll
  void deletePods() {
    HttpPod.delete(cluster, "served");
    HttpPod.delete(cluster, "secretly-served");
  }

  private LocalPortForward forward(String pod, int port) {
    return cluster.client.pods().inNamespace("default").withName(pod).portForward(port);
  }

  @Test
  void carriesFiveMebibytesBothWays() throws IOException {
    byte[] body = new byte[5 * 1024 * 1024];
    new Random(7).nextBytes(body);
    try (LocalPortForward forward = forward("served", 8080)) {
      assertThat(HttpPod.echo(forward.getLocalPort(), body)).isEqualTo(body);
      assertThat(HttpPod.get(forward.getLocalPort(), "/3")).hasSize(3);
      assertThat(forward.errorOccurred()).isFalse();
    }
  }

  @Test
  void reachesWhatListensAtTheLoopbackOfAnOrdinaryPod() throws IOException {
    try (LocalPortForward forward = forward("served", 8081)) {
      assertThat(HttpPod.get(forward.getLocalPort(), "/3")).hasSize(3);
    }
  }

  @Test
  void tellsTheClientThatNobodyListens() throws IOException {
    try (LocalPortForward forward = forward("served", 9999)) {
      HttpPod.refused(forward.getLocalPort());

      Awaitility.await().until(forward::errorOccurred);
      assertThat(forward.getServerThrowables())
          .isNotEmpty()
          .allSatisfy(
              thrown ->
                  assertThat(thrown.getMessage())
                      .containsPattern(
                          "error forwarding port 9999 to pod ([0-9a-f]{64}), uid : port forward into"
                              + " network namespace \"/var/run/netns/[0-9a-f-]{36}\": failed to"
                              + " connect to localhost:9999 inside namespace \\1: dial tcp"
                              + " 127.0.0.1:9999: connect: connection refused"));
    }
  }

  @Test
  void reachesAConfidentialPodAtItsAddressButNotTheLoopbackOfItsGuest() throws IOException {
    try (LocalPortForward open = forward("secretly-served", 8080);
        LocalPortForward near = forward("secretly-served", 8081);
        LocalPortForward guestApi = forward("secretly-served", 8006)) {
      assertThat(HttpPod.get(open.getLocalPort(), "/3")).hasSize(3);
      HttpPod.refused(near.getLocalPort());
      HttpPod.refused(guestApi.getLocalPort());
      Awaitility.await().until(guestApi::errorOccurred);
      assertThat(guestApi.getServerThrowables())
          .isNotEmpty()
          .allSatisfy(
              thrown ->
                  assertThat(thrown.getMessage())
                      .containsPattern("dial tcp 127[0-9.]+:8006: connect: connection refused"));
    }
  }

  @Test
  void reachesAResidentProgramAtThePortsItsContainerNamesOnly() throws IOException {
    cluster.residents.put(
        TestCluster.RESIDENT, context -> process(server(context, 8000), server(context, 8001)));
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: resident-served}
        spec:
          containers:
          - name: kbs
            image: quay.io/lab/resident:1
            ports: [{containerPort: 8000}]
        """,
        PodConditions.ready());
    try (LocalPortForward named = forward("resident-served", 8000);
        LocalPortForward unnamed = forward("resident-served", 8001)) {
      assertThat(HttpPod.get(named.getLocalPort(), "/"))
          .isEqualTo("8000".getBytes(StandardCharsets.US_ASCII));
      HttpPod.refused(unnamed.getLocalPort());
    }
    HttpPod.delete(cluster, "resident-served");
  }

  private static HttpServer server(ResidentContext context, int port) {
    try {
      HttpServer server = HttpServer.create(new InetSocketAddress(context.podAddress(), port), 0);
      byte[] text = Integer.toString(port).getBytes(StandardCharsets.US_ASCII);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ResidentProcess process(HttpServer... servers) {
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    return new ResidentProcess() {
      @Override
      public CompletionStage<Integer> exited() {
        return exit;
      }

      @Override
      public void stop() {
        for (HttpServer server : servers) {
          server.stop(0);
        }
        exit.complete(0);
      }
    };
  }

  @Test
  void theEndOfThePodEndsItsConnections() throws IOException {
    HttpPod.start(cluster, "short-served", "");
    try (LocalPortForward forward = forward("short-served", 8082);
        Socket held = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort())) {
      held.setSoTimeout(20_000);
      Awaitility.await().until(() -> cluster.logs("short-served", "app").contains("held"));
      HttpPod.delete(cluster, "short-served");

      assertThat(held.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whoClosesTheForwardLeavesNothingBehind() throws IOException {
    LocalPortForward forward = forward("served", 8082);
    try (Socket held = new Socket(InetAddress.getLoopbackAddress(), forward.getLocalPort())) {
      held.getOutputStream().write(1);
      Awaitility.await().until(Leftovers::connections, count -> count > 0);
      forward.close();

      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(Leftovers::connections, count -> count == 0);
    }
  }
}
