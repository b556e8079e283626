package dev.cocolab.node;

import static dev.cocolab.node.PodConditions.phase;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.garbage.Footprint;
import dev.cocolab.garbage.Http2Preface;
import dev.cocolab.garbage.Http2Preface.Ending;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm;
import dev.cocolab.garbage.Storm.Judge;
import dev.cocolab.garbage.WireAnswer;
import dev.cocolab.garbage.WireConnection;
import dev.cocolab.garbage.WireRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Garbage on each endpoint of the kubelet, see the property {@code cocolab.garbage}. */
@ExtendWith(ClusterExtension.class)
class KubeletGarbageTest {
  private static final Logger LOG = LoggerFactory.getLogger(KubeletGarbageTest.class);
  private static final int PER_ROUTE = Integer.getInteger("cocolab.garbage", 60);

  private final TestCluster cluster;

  KubeletGarbageTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void garbageIsAnsweredAndStartsNothing() throws Exception {
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: garbage}
        spec:
          terminationGracePeriodSeconds: 0
          containers:
          - {name: app, image: "quay.io/lab/tools:1", command: [sh, -c, "echo hello; exec sleep 1000"]}
        """,
        phase("Running"));
    String pod = "/default/garbage";
    List<Route> routes =
        List.of(
            Route.of("GET", "/healthz"),
            Route.of(
                "GET",
                "/containerLogs" + pod + "/app",
                "tailLines",
                "limitBytes",
                "sinceSeconds",
                "timestamps",
                "previous"),
            Route.of("GET", "/exec" + pod + "/app", "command", "stdin", "stdout", "tty"),
            Route.of("POST", "/exec" + pod + "/app", "command"),
            Route.of("GET", "/attach" + pod + "/app", "stdout"),
            Route.of("GET", "/portForward" + pod, "port"));
    Storm storm =
        new Storm(
            sockets(cluster.vertx, cluster.identity),
            new InetSocketAddress(cluster.nodeAddress(), cluster.node.kubeletPort()),
            List.of(),
            Judge.serving(KubeletGarbageTest::maySucceed));
    Footprint before = Footprint.now();

    storm.blow(routes, PER_ROUTE, 20261125, 4);

    LOG.info("kubelet: {}", storm);
    assertThat(storm.faults()).isEmpty();
    assertThat(before.isBack()).as("threads and descriptors are as before").isTrue();
    assertThat(cluster.logs("garbage", "app")).isEqualTo("hello\n");
    cluster.client.pods().inNamespace("default").withName("garbage").delete();
    cluster.awaitGone("garbage");
  }

  /** Reading health and logs, and upgrades, whose own frames then say what is wrong. */
  private static boolean maySucceed(WireRequest request) {
    return request.method().equals("GET")
        && (request.upgrade()
            || request.path().matches("/healthz|/containerLogs/default/garbage/app"));
  }

  private static SocketFactory sockets(Vertx vertx, PemIdentity identity) throws Exception {
    Buffer certificate = Buffer.buffer(identity.certificatePem());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new PemKeyCertOptions()
            .setCertValue(certificate)
            .setKeyValue(Buffer.buffer(identity.keyPem()))
            .getKeyManagerFactory(vertx)
            .getKeyManagers(),
        new PemTrustOptions()
            .addCertValue(certificate)
            .getTrustManagerFactory(vertx)
            .getTrustManagers(),
        null);
    return context.getSocketFactory();
  }

  @Test
  void onlyPathsAreTargets() throws Exception {
    try (WireConnection connection =
        new WireConnection(
            sockets(cluster.vertx, cluster.identity),
            new InetSocketAddress(cluster.nodeAddress(), cluster.node.kubeletPort()),
            Duration.ofSeconds(10))) {
      connection.send(
          "GET \\/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      WireAnswer refusal = connection.answer("GET", false).orElseThrow();

      assertThat(refusal.code()).isEqualTo(400);
      assertThat(refusal.text()).isEqualTo("the target of the request is no path");
    }
  }

  @Test
  void whoSpeaksHttp2AtOnceIsToldTheEnd() throws Exception {
    SocketFactory secure = sockets(cluster.vertx, cluster.identity);
    InetSocketAddress address =
        new InetSocketAddress(cluster.nodeAddress(), cluster.node.kubeletPort());

    assertThat(Http2Preface.send(SocketFactory.getDefault(), address)).isEqualTo(Ending.CLOSED);
    assertThat(Http2Preface.send(secure, address)).isEqualTo(Ending.REFUSED);
    assertThat(Http2Preface.send(secure, address, "h2")).isEqualTo(Ending.REFUSED);
    assertThat(Http2Preface.send(secure, address, "h2", "http/1.1")).isEqualTo(Ending.REFUSED);
  }
}
