package dev.cocolab.lab.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PlainKeyServerTest {
  private static final byte[] KEY = {1, 0, 10, -1};

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void givesAKeyToWhoeverAsksAndCounts() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (PlainKeyServer server = PlainKeyServer.start(vertx)) {
      server.put("default/a/key", KEY);

      assertThat(send(server, "GET", "/default/a/key").body()).isEqualTo(KEY);
      assertThat(server.handedOut()).isEqualTo(1);
      assertThat(send(server, "GET", "/default/b/key").statusCode()).isEqualTo(404);
      assertThat(send(server, "DELETE", "/default/a/key").statusCode()).isEqualTo(405);
      assertThat(server.handedOut()).as("refusals do not count").isEqualTo(1);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  private HttpResponse<byte[]> send(PlainKeyServer server, String method, String path)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(server.address().getPort(), path));
    return http.send(
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }
}
