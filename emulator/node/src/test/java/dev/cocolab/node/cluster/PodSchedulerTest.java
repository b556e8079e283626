package dev.cocolab.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cocolab.node.pod.Timers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bindings that an API server does not take at once. */
class PodSchedulerTest {
  private static final Pod POD = pod("1");

  private final Deque<Integer> answers = new ConcurrentLinkedDeque<>();
  private final AtomicInteger bindings = new AtomicInteger();
  private final List<Duration> pauses = new ArrayList<>();
  private final Deque<Runnable> planned = new ArrayDeque<>();
  private volatile Pod present = POD;
  private HttpServer server;
  private KubernetesClient client;
  private PodScheduler scheduler;

  private static Pod pod(String version) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("one")
        .withNamespace("default")
        .withUid("uid")
        .withResourceVersion(version)
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .build();
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    Timers timers =
        (delay, action) -> {
          pauses.add(delay);
          planned.add(action);
          return () -> planned.remove(action);
        };
    scheduler =
        new PodScheduler(
            client,
            "worker-0",
            new ApiReporter(client, "worker-0", Clock.systemUTC(), timers, Runnable::run),
            timers,
            Runnable::run);
  }

  @AfterEach
  void stop() {
    scheduler.close();
    client.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    int status = 201;
    if (exchange.getRequestURI().getPath().endsWith("/binding")) {
      bindings.incrementAndGet();
      status = answers.remove();
    } else if (exchange.getRequestMethod().equals("GET")) {
      status = present == null ? 404 : 200;
      body =
          present == null
              ? new byte[0]
              : client
                  .getKubernetesSerialization()
                  .asJson(present)
                  .getBytes(StandardCharsets.UTF_8);
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Test
  void whatFailedIsTriedAgainAfterLongerAndLongerPauses() {
    answers.addAll(List.of(403, 500, 403, 201));
    scheduler.onAdd(POD);
    for (int more = 0; more < 3; more++) {
      planned.remove().run();
    }
    assertThat(bindings).hasValue(4);
    assertThat(pauses)
        .containsExactly(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofMillis(1000));
    assertThat(planned).isEmpty();
    assertThat(PodScheduler.pause(100)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aPodThatAnotherHasBoundIsLeftAlone() {
    answers.add(409);
    scheduler.onAdd(POD);
    assertThat(bindings).hasValue(1);
    assertThat(planned).isEmpty();
  }

  @Test
  void aPodThatIsGoneIsLeftAlone() {
    answers.add(404);
    present = null;
    scheduler.onAdd(POD);
    assertThat(bindings).hasValue(1);
    assertThat(planned).isEmpty();
  }

  @Test
  void aPodThatChangedMeanwhileIsLeftToTheWatch() {
    answers.add(403);
    scheduler.onAdd(POD);
    present = pod("2");
    planned.remove().run();
    assertThat(bindings).hasValue(1);
    assertThat(planned).isEmpty();
  }

  @Test
  void nothingIsTriedAfterTheEnd() {
    answers.add(403);
    scheduler.onAdd(POD);
    scheduler.close();
    planned.remove().run();
    assertThat(bindings).hasValue(1);
    assertThat(planned).isEmpty();
  }
}
