package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.json.Trees;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sent and not stored is typed, too: a condition that cannot be read is none to skip. */
class TransientBodyTest {
  private static final String SPACE = "/api/v1/namespaces/default/";

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
    created(SPACE + "configmaps", "{'metadata':{'name':'kept'}}");
    created(
        SPACE + "pods",
        "{'metadata':{'name':'kept'},'spec':{'containers':[{'name':'c','image':'i'}]}}");
    created(SPACE + "serviceaccounts", "{'metadata':{'name':'kept'}}");
    created(
        "/apis/apps/v1/namespaces/default/deployments",
        "{'metadata':{'name':'kept'},'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':"
            + "{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static void created(String path, String body) {
    assertThat(client.send("POST", path, body).code()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "DELETE|configmaps/kept|{'preconditions':{'uid':7}}",
        "DELETE|configmaps/kept|{'preconditions':['x']}",
        "DELETE|configmaps/kept|{'dryRun':'All'}",
        "DELETE|configmaps/kept|{'gracePeriodSeconds':'0'}",
        "DELETE|configmaps/kept|{'kind':'Pod','apiVersion':'v1'}",
        "DELETE|configmaps/kept|[]",
        "DELETE|configmaps|{'propagationPolicy':{}}",
        "POST|pods/kept/eviction|{'deleteOptions':{'dryRun':'All'}}",
        "POST|pods/kept/eviction|{'deleteOptions':'now'}",
        "POST|pods/kept/eviction|[]",
        "POST|pods/kept/binding|{'target':'node'}",
        "POST|pods/kept/binding|{'target':{'name':7}}",
        "POST|serviceaccounts/kept/token|{'spec':{'boundObjectRef':'pod'}}",
        "POST|serviceaccounts/kept/token|{'spec':{'audiences':'vault'}}",
        "POST|serviceaccounts/kept/token|{'spec':{'expirationSeconds':'600'}}",
        "PUT|deployments/kept/scale|{'spec':{'replicas':'3'}}",
        "PUT|deployments/kept/scale|{'spec':3}",
        "PUT|finalize|[]",
        "PUT|finalize|{'spec':{'finalizers':'kubernetes'}}",
        "PUT|finalize|{'metadata':{'resourceVersion':1}}",
        "POST|subjectaccessreviews|{'spec':{'user':['u'],'groups':['g'],'resourceAttributes':{}}}",
        "POST|subjectaccessreviews|{'spec':{'user':'u','groups':'system:masters','resourceAttributes':{}}}",
        "POST|selfsubjectaccessreviews|{'spec':{'resourceAttributes':{'verb':['get']}}}",
        "POST|tokenreviews|{'spec':{'token':'x','audiences':'vault'}}"
      })
  void aFieldOfAnotherTypeIsRefusedAndNothingHappens(String method, String part, String body) {
    String before = revision();
    String path =
        switch (part) {
          case "finalize" -> "/api/v1/namespaces/default/finalize";
          case "tokenreviews" -> "/apis/authentication.k8s.io/v1/tokenreviews";
          case "subjectaccessreviews", "selfsubjectaccessreviews" ->
              "/apis/authorization.k8s.io/v1/" + part;
          case "deployments/kept/scale" ->
              "/apis/apps/v1/namespaces/default/deployments/kept/scale";
          default -> SPACE + part;
        };

    Answer answer = client.send(method, path, body);

    assertThat(answer.code()).isEqualTo(400);
    assertThat(Trees.textOrEmpty(answer.json(), "reason")).isEqualTo("BadRequest");
    assertThat(revision()).isEqualTo(before);
  }

  private static String revision() {
    return Trees.textOrEmpty(
        client.get(SPACE + "limitranges").json(), "metadata", "resourceVersion");
  }
}
