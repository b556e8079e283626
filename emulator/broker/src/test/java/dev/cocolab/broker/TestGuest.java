package dev.cocolab.broker;

import dev.cocolab.evidence.sample.SampleEvidence;
import dev.cocolab.protocol.Attestation;
import dev.cocolab.protocol.Challenge;
import dev.cocolab.protocol.Jwe;
import dev.cocolab.protocol.Request;
import dev.cocolab.protocol.RuntimeData;
import dev.cocolab.protocol.TeeKeyPair;
import dev.cocolab.protocol.TokenAnswer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A guest with sample evidence, over real HTTP, written against the messages only. */
final class TestGuest {
  static final String USER_AGENT = "attestation-agent-kbs-client/0.1.0";

  private final String url;
  private final HttpClient http;
  final TeeKeyPair key = TeeKeyPair.generate(new SecureRandom());
  Optional<String> cookie = Optional.empty();
  Optional<String> bearer = Optional.empty();
  Optional<Attestation.InitDataText> initData = Optional.empty();
  String nonce = "";

  TestGuest(String url) {
    this(url, HttpClient.newBuilder());
  }

  TestGuest(String url, HttpClient.Builder http) {
    this.url = url;
    this.http =
        http.version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
  }

  HttpResponse<byte[]> send(String method, String path, byte[] body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(20))
            .header("User-Agent", USER_AGENT)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    cookie.ifPresent(value -> request.header("Cookie", "kbs-session-id=" + value));
    bearer.ifPresent(value -> request.header("Authorization", value));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(String path) throws Exception {
    return send("GET", path, new byte[0]);
  }

  HttpResponse<byte[]> resource(String path) throws Exception {
    return get("/kbs/v0/resource/" + path);
  }

  byte[] open(HttpResponse<byte[]> answer) {
    return key.open(Jwe.parse(answer.body()));
  }

  HttpResponse<byte[]> auth() throws Exception {
    HttpResponse<byte[]> answer = send("POST", "/kbs/v0/auth", Request.of("sample").toJson());
    nonce = Challenge.parse(answer.body()).nonce();
    cookie =
        answer
            .headers()
            .firstValue("set-cookie")
            .map(value -> value.substring("kbs-session-id=".length(), value.indexOf(';')));
    return answer;
  }

  RuntimeData runtimeData() {
    return new RuntimeData(nonce, key.publicKey());
  }

  JsonNode evidence() {
    return SampleEvidence.of(runtimeData().reportData("")).toJson();
  }

  Attestation attestation() {
    return new Attestation(initData, runtimeData(), evidence(), "");
  }

  HttpResponse<byte[]> attest() throws Exception {
    return attest(attestation());
  }

  HttpResponse<byte[]> attest(Attestation message) throws Exception {
    return send("POST", "/kbs/v0/attest", message.toJson());
  }

  /** A whole handshake; the token. */
  String handshake() throws Exception {
    auth();
    return TokenAnswer.parse(attest().body()).token();
  }
}
