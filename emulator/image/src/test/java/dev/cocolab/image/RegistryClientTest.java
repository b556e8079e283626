package dev.cocolab.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cocolab.image.ImageException.Reason;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The client against a scripted registry over plain HTTP: challenges, redirects, and answers that
 * are none.
 */
class RegistryClientTest {

  private static final ImageReference NAME = ImageReference.parse("reg.example/a/b:1");
  private static final String MANIFEST =
      "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"c\",\"digest\":\""
          + Digest.sha256(new byte[0])
          + "\",\"size\":0},\"layers\":[]}";

  private final List<String> log = new CopyOnWriteArrayList<>();
  private Vertx vertx;
  private HttpServer server;
  private Handler<HttpServerRequest> script =
      request -> request.response().setStatusCode(500).end();
  private RegistryClient client;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  log.add(
                      request.getHeader("Host")
                          + " "
                          + request.uri()
                          + " "
                          + request.getHeader("Authorization"));
                  script.handle(request);
                });
    server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    client = client(Optional.of(RegistryCredentials.of("reg.example", "u", "p")));
  }

  private RegistryClient client(Optional<RegistryCredentials> credentials) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort());
    return new RegistryClient(
        RegistryClient.Options.https(vertx, (host, port) -> address, List.of())
            .withPlainHttp(true)
            .withCredentials(credentials)
            .withTimeouts(Duration.ofSeconds(2), Duration.ofMillis(700)));
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void answersABearerChallengeOnceAndKeepsTheToken() {
    script =
        request -> {
          if (request.path().equals("/token")) {
            request.response().end("{\"token\":\"tok\"}");
          } else if ("Bearer tok".equals(request.getHeader("Authorization"))) {
            request.response().end(MANIFEST);
          } else {
            request
                .response()
                .setStatusCode(401)
                .putHeader(
                    "WWW-Authenticate",
                    "Bearer realm=\"http://auth.example/token\",service=\"s v\",scope=\"repository:a/b:pull\"")
                .end();
          }
        };

    client.manifest(NAME);
    client.manifest(NAME);

    assertThat(log)
        .containsExactly(
            "reg.example /v2/a/b/manifests/1 null",
            "auth.example /token?scope=repository%3Aa%2Fb%3Apull&service=s+v Basic dTpw",
            "reg.example /v2/a/b/manifests/1 Bearer tok",
            "reg.example /v2/a/b/manifests/1 Bearer tok");
  }

  @Test
  void aRefusingTokenEndpointIsAnAuthenticationFailure() {
    script =
        request -> {
          if (request.path().equals("/token")) {
            request.response().setStatusCode(403).end("no");
          } else {
            request
                .response()
                .setStatusCode(401)
                .putHeader("WWW-Authenticate", "Bearer realm=\"http://auth.example/token\"")
                .end();
          }
        };

    ImageException e = refusal();
    assertThat(e.reason()).isEqualTo(Reason.AUTHENTICATION_FAILED);
    assertThat(e).hasMessageStartingWith("Authentication failure: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\r\\nX-Injected: y", "a b", "", "\\u00e4"})
  void aTokenThatNoHeaderCanHoldIsAnAuthenticationFailure(String token) {
    script =
        request -> {
          if (request.path().equals("/token")) {
            request.response().end("{\"token\":\"" + token + "\"}");
          } else {
            request
                .response()
                .setStatusCode(401)
                .putHeader("WWW-Authenticate", "Bearer realm=\"http://auth.example/token\"")
                .end();
          }
        };

    assertThat(refusal().reason()).isEqualTo(Reason.AUTHENTICATION_FAILED);
    assertThat(refusal()).hasMessageEndingWith("sends no token");
  }

  @Test
  void credentialsDoNotFollowARedirectToAnotherHost() throws Exception {
    byte[] content = "blob".getBytes(StandardCharsets.UTF_8);
    script =
        request -> {
          if (request.getHeader("Host").equals("cdn.example")) {
            request.response().end(Buffer.buffer(content));
          } else if (request.getHeader("Authorization") == null) {
            request
                .response()
                .setStatusCode(401)
                .putHeader("WWW-Authenticate", "Basic realm=\"x\"")
                .end();
          } else {
            request
                .response()
                .setStatusCode(307)
                .putHeader("Location", "http://cdn.example/x?sig=1")
                .end();
          }
        };
    Descriptor blob = new Descriptor("x", Digest.sha256(content), content.length, Map.of());

    try (InputStream body = client.blob(NAME, blob)) {
      assertThat(body.readAllBytes()).isEqualTo(content);
    }
    assertThat(log).last().isEqualTo("cdn.example /x?sig=1 null");
    assertThat(log.get(1)).endsWith("Basic dTpw");
  }

  @Test
  void aBlobCutShortIsTruncated() throws Exception {
    byte[] content = new byte[1000];
    Descriptor blob = new Descriptor("x", Digest.sha256(content), content.length, Map.of());
    script =
        request -> {
          request.response().putHeader("Content-Length", "1000");
          request
              .response()
              .write(Buffer.buffer(new byte[400]))
              .onComplete(done -> request.connection().close());
        };

    try (InputStream body = client.blob(NAME, blob)) {
      ImageException cut = catchThrowableOfType(ImageException.class, body::readAllBytes);
      assertThat(cut.reason()).isEqualTo(Reason.TRUNCATED);
    }
    script = request -> request.response().end(Buffer.buffer(new byte[400]));
    try (InputStream body = client.blob(NAME, blob)) {
      ImageException shorter = catchThrowableOfType(ImageException.class, body::readAllBytes);
      assertThat(shorter.reason()).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void silenceIsATimeoutAndDoesNotUseUpConnections() {
    script = request -> log.add("held");
    for (int i = 0; i < 5; i++) {
      assertThat(refusal().reason()).isEqualTo(Reason.TIMEOUT);
    }
    assertThat(log.stream().filter(line -> line.equals("held"))).hasSize(5);
    script = request -> request.response().setChunked(true).write("{");
    assertThat(refusal().reason()).isEqualTo(Reason.TIMEOUT);
  }

  @Test
  void anUnboundedManifestIsRefused() {
    script =
        request -> {
          request.response().setChunked(true);
          for (int i = 0; i < 5; i++) {
            request.response().write(Buffer.buffer(new byte[1024 * 1024]));
          }
          request.response().end();
        };
    assertThat(refusal().reason()).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void wrongDigestsAndStrangeDocumentsAreRefused() {
    script =
        request ->
            request
                .response()
                .putHeader("Docker-Content-Digest", Digest.sha256(new byte[1]).toString())
                .end(MANIFEST);
    assertThat(refusal().reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    script = request -> request.response().end("<html>");
    assertThat(refusal().reason()).isEqualTo(Reason.BAD_MANIFEST);
    script = request -> request.response().end("{\"schemaVersion\":1,\"fsLayers\":[]}");
    assertThat(refusal().reason()).isEqualTo(Reason.BAD_MANIFEST);
    script = request -> request.response().setStatusCode(503).end("busy");
    assertThat(refusal())
        .hasMessage(
            "Server error: url http://reg.example/v2/a/b/manifests/1, code: 503, message: busy");
    script =
        request ->
            request
                .response()
                .setStatusCode(302)
                .putHeader("Location", "/v2/a/b/manifests/1")
                .end();
    assertThat(refusal().reason()).isEqualTo(Reason.SERVER_ERROR);
  }

  @Test
  void aClosedPortIsUnreachableAndNamesTheUrl() throws Exception {
    InetSocketAddress closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }
    try (RegistryClient other =
        new RegistryClient(
            RegistryClient.Options.https(vertx, (host, port) -> closed, List.of()))) {
      ImageException e = catchThrowableOfType(ImageException.class, () -> other.manifest(NAME));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e).hasMessageContaining("https://reg.example/v2/a/b/manifests/1");
    }
  }

  @Test
  void aNameThatTheResolverDoesNotKnowIsNeverLookedUp() {
    try (RegistryClient other =
        new RegistryClient(
            RegistryClient.Options.https(vertx, InetSocketAddress::createUnresolved, List.of()))) {
      ImageException e = catchThrowableOfType(ImageException.class, () -> other.manifest(NAME));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(e).hasMessageEndingWith("there is no host reg.example");
    }
  }

  private ImageException refusal() {
    ImageException e = catchThrowableOfType(ImageException.class, () -> client.manifest(NAME));
    assertThat(e).isNotNull();
    return e;
  }
}
