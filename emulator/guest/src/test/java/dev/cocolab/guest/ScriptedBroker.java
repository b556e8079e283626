package dev.cocolab.guest;

import dev.cocolab.image.ServerIdentity;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.ErrorInformation;
import dev.cocolab.protocol.Jwe;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.TeePublicKey;
import dev.cocolab.protocol.TokenAnswer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A broker that hands out tokens and resources by script, writes down what it was asked, and checks
 * cookies and bindings.
 */
final class ScriptedBroker implements AutoCloseable {

  /** Set to make a step answer something else. */
  interface Script {
    /** True when the request was answered. */
    boolean answers(HttpServerRequest request);
  }

  final List<String> log = new CopyOnWriteArrayList<>();
  final List<String> problems = new CopyOnWriteArrayList<>();
  final List<Attestation> attestations = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> resources = new ConcurrentHashMap<>();
  volatile Script script = request -> false;

  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger counter = new AtomicInteger();
  private final Map<String, String> nonces = new ConcurrentHashMap<>();
  private final Map<String, TeePublicKey> tokens = new ConcurrentHashMap<>();
  private final HttpServer server;

  private ScriptedBroker(Vertx vertx, Optional<ServerIdentity> identity) {
    HttpServerOptions options = new HttpServerOptions();
    identity.ifPresent(
        own ->
            options
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setKeyValue(Buffer.buffer(own.keyPem()))
                        .setCertValue(Buffer.buffer(own.certificatePem()))));
    this.server =
        vertx
            .createHttpServer(options)
            .requestHandler(request -> request.bodyHandler(body -> handle(request, body)));
  }

  static ScriptedBroker start(Vertx vertx, Optional<ServerIdentity> identity) throws Exception {
    ScriptedBroker broker = new ScriptedBroker(vertx, identity);
    broker
        .server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    return broker;
  }

  int port() {
    return server.actualPort();
  }

  long count(String start) {
    return log.stream().filter(line -> line.startsWith(start)).count();
  }

  /** Everything secret that passed through: tokens and resource contents. */
  List<String> secrets() {
    List<String> all = new CopyOnWriteArrayList<>(tokens.keySet());
    resources
        .values()
        .forEach(value -> all.add(new String(value, java.nio.charset.StandardCharsets.UTF_8)));
    return all;
  }

  private void handle(HttpServerRequest request, Buffer body) {
    log.add(request.method() + " " + request.path());
    expect(
        "attestation-agent-kbs-client/0.1.0".equals(request.getHeader("User-Agent")), "user agent");
    if (script.answers(request)) {
      return;
    }
    switch (request.path()) {
      case "/kbs/v0/auth" -> auth(request, body);
      case "/kbs/v0/attest" -> attest(request, body);
      default -> resource(request);
    }
  }

  private void auth(HttpServerRequest request, Buffer body) {
    Request asked = Request.parse(body.getBytes());
    expect(asked.equals(Request.of("az-snp-vtpm")), "auth body " + body);
    expect("application/json".equals(request.getHeader("Content-Type")), "content type");
    String cookie = request.getHeader("Cookie");
    expect(cookie == null || nonces.containsKey(session(cookie)), "cookie of nobody");
    Challenge challenge = Challenge.fresh(random);
    String session = "s" + counter.incrementAndGet();
    nonces.put(session, challenge.nonce());
    request
        .response()
        .putHeader(
            "Set-Cookie", "kbs-session-id=" + session + "; Expires=Thu, 01 Jan 2099 00:00:00 GMT")
        .end(Buffer.buffer(challenge.toJson()));
  }

  private static String session(String cookie) {
    return cookie.replace("kbs-session-id=", "");
  }

  private void attest(HttpServerRequest request, Buffer body) {
    Attestation attestation = Attestation.parse(body.getBytes());
    String cookie = request.getHeader("Cookie");
    String nonce = nonces.get(cookie == null ? "" : session(cookie));
    expect(attestation.runtimeData().nonce().equals(nonce), "nonce or cookie");
    expect(attestation.initData().isEmpty(), "init-data sent");
    attestations.add(attestation);
    String token = "jwt-" + counter.incrementAndGet() + "-" + Long.toHexString(random.nextLong());
    tokens.put(token, attestation.runtimeData().teePublicKey());
    request.response().end(Buffer.buffer(new TokenAnswer(token).toJson()));
  }

  private void resource(HttpServerRequest request) {
    String header = String.valueOf(request.getHeader("Authorization"));
    TeePublicKey key = tokens.get(header.replace("Bearer ", ""));
    byte[] content = resources.get(request.path().replace("/kbs/v0/resource/", ""));
    if (key == null) {
      refuse(request, "TokenVerifierError", "Token Verifier error");
    } else if (content == null) {
      refuse(request, "PluginInternalError", "Plugin internal error");
    } else {
      request.response().end(Buffer.buffer(Jwe.seal(key, content, random).toJson()));
    }
  }

  static void refuse(HttpServerRequest request, String variant, String detail) {
    request
        .response()
        .setStatusCode(401)
        .end(Buffer.buffer(ErrorInformation.of(variant, detail).toJson()));
  }

  private void expect(boolean condition, String what) {
    if (!condition) {
      problems.add(what);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
