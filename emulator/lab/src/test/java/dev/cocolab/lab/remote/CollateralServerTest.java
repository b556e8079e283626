package dev.cocolab.lab.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cocolab.tee.collateral.CollateralFault;
import dev.cocolab.tee.collateral.CollateralService;
import dev.cocolab.tee.intel.IntelAuthority;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollateralServerTest {
  private static final String IDENTITY = "/tdx/certification/v4/qe/identity";

  @TempDir Path home;
  private final HttpClient client = HttpClient.newHttpClient();
  private Vertx vertx;
  private CollateralServer server;

  @BeforeEach
  void start() {
    SecureRandom random = new SecureRandom();
    IntelAuthority intel = IntelAuthority.open(home, random, Clock.systemUTC(), line -> {});
    vertx = Vertx.vertx();
    server = CollateralServer.start(vertx, new CollateralService(List.of(), intel, random));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private HttpResponse<byte[]> get(String path, Duration timeout)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(server.url().resolve(path)).timeout(timeout).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return get(path, Duration.ofSeconds(20));
  }

  @Test
  void servesWhatTheServiceAnswers() throws Exception {
    HttpResponse<byte[]> answer = get(IDENTITY + "?update=early");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("sgx-enclave-identity-issuer-chain"))
        .hasValueSatisfying(chain -> assertThat(chain).startsWith("-----BEGIN%20CERTIFICATE"));
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .startsWith("{\"enclaveIdentity\":");
    assertThat(get("/nothing").statusCode()).isEqualTo(404);
    assertThat(server.address().getPort()).isEqualTo(server.url().getPort());
  }

  @Test
  void busyServiceSaysWhenToComeBack() throws Exception {
    server.service().fail("/tdx/", new CollateralFault.TooManyRequests(Duration.ofSeconds(7)));

    HttpResponse<byte[]> answer = get(IDENTITY);

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("retry-after")).contains("7");
  }

  @Test
  void outageEndsTheConnection() throws Exception {
    server.service().fail("/", new CollateralFault.Outage());

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> get(IDENTITY));

    server.service().heal();
    assertThat(get(IDENTITY).statusCode()).isEqualTo(200);
  }

  @Test
  void slowAnswerComesLate() throws Exception {
    server.service().fail("/tdx/", new CollateralFault.Slow(Duration.ofSeconds(30)));

    assertThatExceptionOfType(HttpTimeoutException.class)
        .isThrownBy(() -> get(IDENTITY, Duration.ofMillis(300)));

    server.service().fail("/tdx/", new CollateralFault.Slow(Duration.ofMillis(50)));
    assertThat(get(IDENTITY).statusCode()).isEqualTo(200);
  }
}
