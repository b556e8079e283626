package dev.cocolab.apiserver.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cocolab.apiserver.KubeletAccess;
import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodLogTest {
  private static final String NODE_IP = "127.77.1.1";
  private static final String PODS = "/api/v1/namespaces/default/pods";

  private static final TestAuthority KUBELET_CA = new TestAuthority("kubelet authority");
  private static final List<HttpServerRequest> FOLLOWERS = new CopyOnWriteArrayList<>();
  private static final List<String> SEEN = new CopyOnWriteArrayList<>();
  private static final Vertx VERTX = Vertx.vertx();

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() throws Exception {
    int port = startKubelet();
    running =
        new RunningServer(
            builder ->
                builder.kubelet(
                    new KubeletAccess(
                        KUBELET_CA.client("kube-apiserver", "system:masters"), KUBELET_CA.pem())));
    client = new RawClient(running);
    client.send(
        "POST",
        "/api/v1/nodes",
        "{'metadata':{'name':'n1'},'status':{'addresses':[{'type':'Hostname','address':'n1'},{'type':'InternalIP','address':'"
            + NODE_IP
            + "'}],'daemonEndpoints':{'kubeletEndpoint':{'Port':"
            + port
            + "}}}}");
    pod("one", "[{'name':'c','image':'i'}]");
    pod("two", "[{'name':'a','image':'i'},{'name':'b','image':'i'}]");
    client.send(
        "POST",
        PODS,
        "{'metadata':{'name':'waiting'},'spec':{'containers':[{'name':'c','image':'i'}]}}");
  }

  private static void pod(String name, String containers) {
    client.send(
        "POST",
        PODS,
        "{'metadata':{'name':'" + name + "'},'spec':{'containers':" + containers + "}}");
    client.send("POST", PODS + "/" + name + "/binding", "{'target':{'kind':'Node','name':'n1'}}");
  }

  private static int startKubelet() throws Exception {
    PemIdentity identity = KUBELET_CA.server(NODE_IP);
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(identity.certificatePem()))
                    .addKeyValue(Buffer.buffer(identity.keyPem())))
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(KUBELET_CA.pem())));
    return VERTX
        .createHttpServer(options)
        .requestHandler(PodLogTest::kubelet)
        .listen(0, NODE_IP)
        .map(HttpServer::actualPort)
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  private static void kubelet(HttpServerRequest request) {
    SEEN.add(request.uri());
    if ("true".equals(request.getParam("follow"))) {
      request.response().setChunked(true).write("first line\n");
      FOLLOWERS.add(request);
    } else if (request.path().endsWith("/a")) {
      request
          .response()
          .setStatusCode(400)
          .end("container \"a\" in pod \"two\" is waiting to start: ContainerCreating");
    } else {
      request.response().end("hello\nworld\n");
    }
  }

  @AfterAll
  static void stop() {
    running.close();
    VERTX.close();
  }

  @Test
  void theLogComesFromTheNodeWithTheQuery() {
    Answer answer = client.get(PODS + "/one/log?tailLines=5&timestamps=true");

    assertThat(answer.code()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("text/plain");
    assertThat(answer.body()).isEqualTo("hello\nworld\n");
    assertThat(SEEN).contains("/containerLogs/default/one/c?tailLines=5&timestamps=true");
  }

  private static void endWithALastLine(HttpServerRequest request) {
    if (!request.response().ended()) {
      request.response().end("last line\n");
    }
  }

  @Test
  void aFollowedLogComesAsItIsWritten() {
    try (Stream<String> lines = client.lines(PODS + "/one/log?follow=true")) {
      Iterator<String> each = lines.iterator();
      assertThat(each.next()).isEqualTo("first line");
      await().until(() -> FOLLOWERS.stream().anyMatch(request -> !request.response().ended()));
      FOLLOWERS.forEach(PodLogTest::endWithALastLine);
      assertThat(each.next()).isEqualTo("last line");
      assertThat(each.hasNext()).isFalse();
    }
  }

  @Test
  void whoFollowsALogKeepsNobodyElseFromReading() {
    List<Stream<String>> followers =
        IntStream.range(0, 8)
            .mapToObj(number -> client.lines(PODS + "/one/log?follow=true"))
            .toList();
    try {
      followers.forEach(lines -> assertThat(lines.iterator().next()).isEqualTo("first line"));

      assertThat(client.get(PODS + "/one/log").body()).isEqualTo("hello\nworld\n");
    } finally {
      FOLLOWERS.forEach(PodLogTest::endWithALastLine);
      followers.forEach(Stream::close);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "limitBytes=0 | limitBytes: Invalid value: 0: must be greater than 0",
        "sinceSeconds=0 | sinceSeconds: Invalid value: 0: must be greater than 0",
        "sinceSeconds=-5 | sinceSeconds: Invalid value: -5: must be greater than 0",
        "tailLines=-1 | tailLines: Invalid value: -1: must be greater than or equal to 0",
        "sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z"
            + " | : Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified",
        "tailLines=-2&limitBytes=-3"
            + " | [tailLines: Invalid value: -2: must be greater than or equal to 0,"
            + " limitBytes: Invalid value: -3: must be greater than 0]"
      })
  void numbersOutOfRangeAreInvalid(String query, String findings) {
    Answer answer = client.get(PODS + "/one/log?" + query);

    assertThat(answer.code()).isEqualTo(422);
    assertThat(answer.json().path("reason").asString()).isEqualTo("Invalid");
    assertThat(answer.message()).isEqualTo("PodLogOptions \"one\" is invalid: " + findings);
    assertThat(SEEN).noneMatch(uri -> uri.contains(query));
  }

  @ParameterizedTest
  @CsvSource({
    "tailLines, x, invalid syntax",
    "limitBytes, '', invalid syntax",
    "sinceSeconds, 9223372036854775808, value out of range"
  })
  void whatIsNoNumberIsABadRequest(String name, String value, String why) {
    Answer answer = client.get(PODS + "/one/log?" + name + "=" + value);

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.message()).isEqualTo("strconv.ParseInt: parsing \"" + value + "\": " + why);
  }

  @Test
  void theLastNoLinesMayBeAskedFor() {
    assertThat(client.get(PODS + "/one/log?tailLines=0&limitBytes=1&sinceSeconds=1").code())
        .isEqualTo(200);
  }

  @Test
  void theContainerMustBeKnown() {
    assertThat(client.get(PODS + "/two/log").message())
        .isEqualTo("a container name must be specified for pod two, choose one of: [a b]");
    assertThat(client.get(PODS + "/two/log?container=x").message())
        .isEqualTo("container x is not valid for pod two");
  }

  @Test
  void theKubeletsRefusalIsTheAnswer() {
    Answer answer = client.get(PODS + "/two/log?container=a");

    assertThat(answer.code()).isEqualTo(400);
    assertThat(answer.message())
        .isEqualTo("container \"a\" in pod \"two\" is waiting to start: ContainerCreating");
  }

  @Test
  void aPodWithoutANodeHasAnEmptyLog() {
    Answer answer = client.get(PODS + "/waiting/log");

    assertThat(answer.code()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aKubeletThatIsNotThereIsAnError() {
    client.send(
        "POST",
        "/api/v1/nodes",
        "{'metadata':{'name':'dead'},'status':{'addresses':[{'type':'InternalIP','address':'127.77.1.2'}],"
            + "'daemonEndpoints':{'kubeletEndpoint':{'Port':1}}}}");
    client.send(
        "POST",
        PODS,
        "{'metadata':{'name':'lost'},'spec':{'nodeName':'dead','containers':[{'name':'c','image':'i'}]}}");

    Answer answer = client.get(PODS + "/lost/log");

    assertThat(answer.code()).isEqualTo(500);
    assertThat(answer.message())
        .startsWith("Get \"https://127.77.1.2:1/containerLogs/default/lost/c\":");
  }
}
