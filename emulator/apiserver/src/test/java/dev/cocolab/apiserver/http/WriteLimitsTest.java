package dev.cocolab.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.PemTrustOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes that a server must not make as they stand. */
class WriteLimitsTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
    client.send("POST", MAPS, "{'metadata':{'name':'there'},'data':{'a':'b'}}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @ParameterizedTest
  @CsvSource({
    "spec.securityContext.runAsGroup, 4294967296",
    "spec.securityContext.fsGroup, -1",
    "spec.securityContext.supplementalGroups[1], 2147483648",
    "spec.containers[0].securityContext.runAsUser, 3000000000",
    "spec.containers[0].securityContext.runAsGroup, 4294967296"
  })
  void usersAndGroupsOfAPodHave31Bits(String field, String id) {
    String name = field.replaceAll(".*\\.|\\[.*", "");
    String value = field.endsWith("]") ? "[1," + id + "]" : id;
    String context = "'securityContext':{'" + name + "':" + value + "}";
    boolean ofPod = field.startsWith("spec.securityContext");

    Answer answer =
        client.send(
            "POST",
            PODS,
            "{'metadata':{'name':'ids'},'spec':{%s'containers':[{'name':'c','image':'i'%s}]}}"
                .formatted(ofPod ? context + "," : "", ofPod ? "" : "," + context));

    assertThat(answer.code()).as(answer.body()).isEqualTo(422);
    assertThat(answer.message())
        .isEqualTo(
            "Pod \"ids\" is invalid: %s: Invalid value: %s: must be between 0 and 2147483647,"
                    .formatted(field, id)
                + " inclusive");
  }

  @Test
  void anObjectIsNoLargerThanInEtcd() {
    StringBuilder keys = new StringBuilder("'first':''");
    for (int i = 0; i < 80_000; i++) {
      keys.append(",'k").append(i).append("':''");
    }

    Answer made = client.send("POST", MAPS, "{'metadata':{'name':'huge'},'data':{" + keys + "}}");
    Answer grown =
        client.send("PUT", MAPS + "/there", "{'metadata':{'name':'there'},'data':{" + keys + "}}");

    for (Answer answer : List.of(made, grown)) {
      assertThat(answer.code()).as(answer.body()).isEqualTo(500);
      assertThat(answer.message()).isEqualTo("etcdserver: request is too large");
    }
    assertThat(client.get(MAPS + "/huge").code()).isEqualTo(404);
    assertThat(client.get(MAPS + "/there").json().at("/data").toString())
        .isEqualTo("{\"a\":\"b\"}");
  }

  @Test
  void aDeletionHasABodyWhateverUpgradeItAsksFor() throws Exception {
    HttpClient http =
        running.vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustOptions(
                    new PemTrustOptions().addCertValue(Buffer.buffer(running.authority.pem()))));
    HttpClientResponse answer =
        http.request(
                HttpMethod.DELETE, running.server.url().getPort(), "127.0.0.1", MAPS + "/there")
            .compose(
                request ->
                    request
                        .putHeader("Authorization", "Bearer " + RunningServer.TOKEN)
                        .putHeader("Upgrade", "websocket")
                        .putHeader("Connection", "Upgrade")
                        .send("{\"preconditions\":{\"uid\":\"another\"}}"))
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(client.get(MAPS + "/there").code()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "roles | 'rules':[{'verbs':[],'apiGroups':[''],'resources':['pods']}]"
            + " | rules[0].verbs: Required value: verbs must contain at least one value",
        "roles | 'rules':[{'verbs':['get'],'nonResourceURLs':['/x']}] | rules[0].nonResourceURLs:"
            + " Invalid value: []string{\"/x\"}: namespaced rules cannot apply to non-resource URLs",
        "roles | 'rules':[{'verbs':['get'],'resources':['pods']}] | rules[0].apiGroups: Required"
            + " value: resource rules must supply at least one api group",
        "roles | 'rules':[{'verbs':['get'],'apiGroups':['']}] | rules[0].resources: Required"
            + " value: resource rules must supply at least one resource",
        "rolebindings | 'roleRef':{'kind':'Role','name':'r','apiGroup':'apps'} | roleRef.apiGroup:"
            + " Unsupported value: \"apps\": supported values: \"rbac.authorization.k8s.io\"",
        "rolebindings | 'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'Robot','name':'x'}]"
            + " | subjects[0].kind: Unsupported value: \"Robot\": supported values: \"ServiceAccount\","
            + " \"User\", \"Group\"",
        "rolebindings | 'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'User'}]"
            + " | subjects[0].name: Required value",
        "rolebindings | 'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'ServiceAccount',"
            + "'name':'x','apiGroup':'v1'}] | subjects[0].apiGroup: Unsupported value: \"v1\":"
            + " supported values: \"\""
      })
  void aRoleOrBindingThatGrantsNothingIsRefused(String plural, String body, String finding) {
    Answer answer =
        client.send(
            "POST",
            "/apis/rbac.authorization.k8s.io/v1/namespaces/default/" + plural,
            "{'metadata':{'name':'odd'}," + body + "}");

    assertThat(answer.code()).as(answer.body()).isEqualTo(422);
    assertThat(answer.message()).endsWith(" \"odd\" is invalid: " + finding);
  }

  @ParameterizedTest
  @CsvSource({"application/json, 1e999", "application/json, -1e999", "application/yaml, .inf"})
  void aNumberBeyondTheRangeIsNoText(String type, String number) {
    Answer answer =
        client.send(
            "POST",
            MAPS,
            type,
            "{\"metadata\": {\"name\": \"n\"}, \"x\": %s}".formatted(number).getBytes(UTF_8));

    assertThat(answer.code()).as(answer.body()).isEqualTo(400);
    assertThat(answer.message()).contains("a number is out of range: ");
  }
}
