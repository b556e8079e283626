package dev.cocolab.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.cocolab.node.KubeletCallers.Caller;
import dev.cocolab.node.cluster.ReviewedCallers;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whom the API server's rules let ask a kubelet. */
@ExtendWith(ClusterExtension.class)
class ReviewedCallersTest {
  private static final Caller READER = new Caller("reader", List.of("readers"));

  private final TestCluster cluster;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

  ReviewedCallersTest(TestCluster cluster) {
    this.cluster = cluster;
  }

  private boolean serves(ReviewedCallers callers, Caller caller, String verb) throws Exception {
    return callers.serves(caller, verb).toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now.get();
      }
    };
  }

  @Test
  void rulesDecideAndAnswersHoldForAWhile() throws Exception {
    ReviewedCallers callers =
        new ReviewedCallers(cluster.client, "worker-0", cluster.vertx, clock());
    assertThat(serves(callers, new Caller("api", List.of("system:masters")), "create")).isTrue();
    assertThat(serves(callers, new Caller("devel", List.of()), "get")).isFalse();
    assertThat(serves(callers, READER, "get")).isFalse();

    cluster
        .client
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName("kubelet-reader")
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("nodes/proxy")
                .withResourceNames("worker-0")
                .withVerbs("get")
                .endRule()
                .build())
        .create();
    cluster
        .client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName("kubelet-reader")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "kubelet-reader")
                .addNewSubject("rbac.authorization.k8s.io", "Group", "readers", null)
                .build())
        .create();
    assertThat(serves(callers, READER, "get")).as("a no holds").isFalse();
    now.set(now.get().plus(Duration.ofSeconds(31)));
    assertThat(serves(callers, READER, "get")).isTrue();
    assertThat(serves(callers, READER, "create")).as("another verb").isFalse();
    assertThat(
            serves(
                new ReviewedCallers(cluster.client, "worker-1", cluster.vertx, clock()),
                READER,
                "get"))
        .as("another node")
        .isFalse();
  }

  @Test
  void anAnswerThatSaysNothingIsANo() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              "{\"kind\":\"SubjectAccessReview\",\"apiVersion\":\"authorization.k8s.io/v1\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(201, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try (KubernetesClient silent =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .build())
            .build()) {
      assertThat(
              serves(
                  new ReviewedCallers(silent, "worker-0", cluster.vertx, clock()), READER, "get"))
          .isFalse();
    } finally {
      server.stop(0);
    }
  }
}
