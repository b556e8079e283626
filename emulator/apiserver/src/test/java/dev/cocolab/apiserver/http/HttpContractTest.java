package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.TestAuthority;
import dev.cocolab.apiserver.json.Trees;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpContractTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
    client.send("POST", MAPS, "{'metadata':{'name':'there'},'data':{'a':'b'}}");
    client.send(
        "POST",
        PODS,
        "{'metadata':{'name':'there'},'spec':{'containers':[{'name':'c','image':'i'}]}}");
    client.send(
        "POST", "/api/v1/namespaces/default/serviceaccounts", "{'metadata':{'name':'there'}}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static void assertStatus(Answer answer, int code, String reason) {
    assertThat(answer.code()).as(answer.body()).isEqualTo(code);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(Trees.textOrEmpty(answer.json(), "kind")).isEqualTo("Status");
    assertThat(Trees.textOrEmpty(answer.json(), "reason")).isEqualTo(reason);
    assertThat(Trees.number(answer.json(), "code")).hasValue(code);
  }

  @Test
  void openApiVersionTwoLeavesValidationToTheServer() {
    assertThat(client.get("/openapi/v2").code()).isEqualTo(200);
    assertThat(client.get("/openapi/v2").body()).isEqualTo("\n\u00032.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/api/v2",
        "/api/v1/widgets",
        "/apis/nobody/v1",
        "/apis/apps/v9/deployments",
        "/api/v1/pods/there",
        "/api/v1/namespaces/default/nodes",
        "/api/v1/namespaces/default/pods/there/nothing",
        "/api/v1/namespaces/default/configmaps/there/status",
        "/api/v1/namespaces/default/pods/a/b/c/d",
        "/api/v1//pods",
        "/apis//v1",
        "/apis//v1/pods",
        "/openapi/v3/nothing"
      })
  void unknownPathsAreNotFound(String path) {
    assertStatus(client.get(path), 404, "NotFound");
    assertThat(client.get(path).message())
        .isEqualTo("the server could not find the requested resource");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /api/v1/namespaces/default/pods/there",
    "POST, /api/v1/pods",
    "PUT, /api/v1/namespaces/default/pods",
    "PATCH, /api/v1/namespaces/default/pods",
    "DELETE, /api/v1/pods",
    "DELETE, /version",
    "POST, /apis",
    "POST, /api/v1/namespaces/default/pods/there/status",
    "GET, /api/v1/namespaces/default/pods/there/binding",
    "DELETE, /api/v1/namespaces/default/pods/there/exec",
    "OPTIONS, /api/v1/pods",
    "GET, /apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
  })
  void methodsThatAPathDoesNotHaveAreRefused(String method, String path) {
    assertStatus(client.send(method, path, "{}"), 405, "MethodNotAllowed");
  }

  /**
   * Every method, route and media type with bodies that mean nothing: one answer each, in time, and
   * the server lives on.
   */
  @Test
  void garbageIsAnswered() {
    List<String> paths =
        List.of(
            "/",
            "/api",
            "/apis",
            "/version",
            "/healthz",
            "/openapi/v3",
            "/api/v1/namespaces",
            "/api/v1/namespaces/default/finalize",
            PODS,
            PODS + "/there",
            PODS + "/there/status",
            PODS + "/there/log?tailLines=x",
            PODS + "/there/binding",
            PODS + "/there/eviction?dryRun=All",
            "/apis/apps/v1/namespaces/default/deployments/there/scale",
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            "/api/v1/namespaces/default/serviceaccounts/there/token",
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            MAPS
                + "?limit=x&continue=%7B&labelSelector=((&fieldSelector=a&resourceVersion=y&watch=perhaps",
            "/%00/%2e%2e/api",
            "/api/v1/namespaces/%2F/pods/%0A");
    List<String> medias =
        List.of(
            "application/json",
            "application/yaml",
            "application/vnd.kubernetes.protobuf",
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml",
            "text/x-nonsense");
    List<String> bodies =
        List.of(
            "",
            "{",
            "[]",
            "null",
            "\"x\"",
            "{\"metadata\":7,\"spec\":[]}",
            "k8s\0\377\377",
            "[{\"op\":1}]");
    List<String> wrong = new ArrayList<>();
    for (String path : paths) {
      for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")) {
        if (method.equals("DELETE") && !path.contains("?")) {
          continue;
        }
        String media = medias.get(Math.floorMod((path + method).hashCode(), medias.size()));
        for (String body : bodies) {
          byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
          Answer answer = client.send(method, path, media, bytes);
          if (answer.code() >= 500) {
            wrong.add(method + " " + path + " " + media + " " + body + " -> " + answer.body());
          }
        }
      }
    }
    for (String media : medias) {
      for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
        for (String body : bodies) {
          String path = method.equals("POST") ? MAPS : MAPS + "/there?dryRun=All";
          Answer answer =
              client.send(method, path, media, body.getBytes(StandardCharsets.ISO_8859_1));
          if (answer.code() >= 500) {
            wrong.add(method + " " + path + " " + media + " " + body + " -> " + answer.body());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(client.get(MAPS + "/there").code()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() {
    Answer answer = client.send("POST", MAPS, "application/json", new byte[4 * 1024 * 1024]);

    assertStatus(answer, 413, "RequestEntityTooLarge");
    assertThat(answer.message()).isEqualTo("Request entity too large: limit is 3145728");
  }

  @Test
  void unknownMediaTypesAreRefused() {
    assertStatus(
        client.send("POST", MAPS, "text/csv", new byte[] {'a'}), 415, "UnsupportedMediaType");
    assertStatus(
        client.send("PATCH", MAPS + "/there", "application/apply-patch+cbor", new byte[] {'a'}),
        415,
        "UnsupportedMediaType");
    assertStatus(client.get(MAPS, "Accept", "application/xml"), 406, "NotAcceptable");
  }

  @Test
  void aFailingTestOperationIsInvalid() {
    Answer answer =
        client.send(
            "PATCH",
            MAPS + "/there",
            "application/json-patch+json",
            "[{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"x\"}]"
                .getBytes(StandardCharsets.UTF_8));

    assertStatus(answer, 422, "Invalid");
    assertThat(answer.message())
        .isEqualTo("the server rejected our request due to an error in our request");
    assertThat(answer.body()).doesNotContain("causes");
  }

  @Test
  void strictValidationNamesUnknownAndDuplicateFields() {
    Answer answer =
        client.send(
            "POST",
            PODS + "?fieldValidation=Strict",
            "{'metadata':{'name':'x'},'spec':{'containerz':[],'restartPolicy':'Never','restartPolicy':'Never'}}");

    assertStatus(answer, 400, "BadRequest");
    assertThat(answer.message())
        .contains(
            "strict decoding error: unknown field \"spec.containerz\", duplicate field \"spec.restartPolicy\"");
  }

  @Test
  void warningsAreHeaders() {
    Answer answer =
        client.send("POST", MAPS + "?dryRun=All", "{'metadata':{'name':'warned'},'dada':{}}");

    assertThat(answer.code()).isEqualTo(201);
    assertThat(answer.headers().get("warning"))
        .containsExactly("299 - \"unknown field \\\"dada\\\"\"");
    assertStatus(client.get(MAPS + "/warned"), 404, "NotFound");
  }

  @Test
  void withoutACredentialOnlyHealthAndVersionAreRead() {
    RawClient anonymous = new RawClient(running, Optional.empty(), Optional.empty());

    Answer pods = anonymous.get(PODS);
    assertStatus(pods, 403, "Forbidden");
    assertThat(pods.message())
        .isEqualTo(
            "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API"
                + " group \"\" in the namespace \"default\"");
    Answer discovery = anonymous.get("/apis");
    assertStatus(discovery, 403, "Forbidden");
    assertThat(discovery.message())
        .isEqualTo("forbidden: User \"system:anonymous\" cannot get path \"/apis\"");
    assertStatus(anonymous.send("POST", PODS, "{}"), 403, "Forbidden");
    for (String path : List.of("/healthz", "/livez", "/readyz", "/version")) {
      assertThat(anonymous.get(path).code()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aCredentialThatIsNotAcceptedIsWorseThanNone() {
    RawClient wrong = new RawClient(running, Optional.of("wrong"), Optional.empty());

    assertStatus(wrong.get(PODS), 401, "Unauthorized");
    assertStatus(wrong.get("/healthz"), 401, "Unauthorized");
  }

  @Test
  void aClientCertificateNamesUserAndGroups() {
    PemIdentity identity = running.authority.client("developer", "team-a", "team-b");
    RawClient developer = new RawClient(running, Optional.empty(), Optional.of(identity));

    Answer answer =
        developer.send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");

    assertThat(answer.code()).isEqualTo(201);
    assertThat(Trees.textOrEmpty(answer.json(), "status", "userInfo", "username"))
        .isEqualTo("developer");
    assertThat(Trees.texts(answer.json(), "status", "userInfo", "groups"))
        .containsExactlyInAnyOrder("team-a", "team-b", "system:authenticated");
  }

  /** The server names its authorities, so a client does not even show what others have signed. */
  @Test
  void aCertificateOfAnotherAuthorityGivesNoRights() {
    PemIdentity foreign = new TestAuthority("another authority").client("admin", "system:masters");

    Answer answer = new RawClient(running, Optional.empty(), Optional.of(foreign)).get(PODS);
    assertStatus(answer, 403, "Forbidden");
    assertThat(answer.message()).contains("User \"system:anonymous\" cannot list");
  }

  @Test
  void aServerCertificateIsNoClientCertificate() {
    PemIdentity server = running.authority.server("127.0.0.1");

    assertStatus(
        new RawClient(running, Optional.empty(), Optional.of(server)).get(PODS),
        401,
        "Unauthorized");
  }

  @Test
  void aServiceAccountTokenWorksUntilTheAccountGoes() {
    String accounts = "/api/v1/namespaces/default/serviceaccounts";
    client.send("POST", accounts, "{'metadata':{'name':'robot'}}");
    String token =
        Trees.textOrEmpty(
            client.send("POST", accounts + "/robot/token", "{'spec':{}}").json(),
            "status",
            "token");
    RawClient robot = new RawClient(running, Optional.of(token), Optional.empty());

    Answer who = robot.send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
    assertThat(Trees.textOrEmpty(who.json(), "status", "userInfo", "username"))
        .isEqualTo("system:serviceaccount:default:robot");

    client.send("DELETE", accounts + "/robot", "");
    assertStatus(robot.get(PODS), 401, "Unauthorized");
    String forged = token.substring(0, token.length() - 4) + "AAAA";
    assertStatus(
        new RawClient(running, Optional.of(forged), Optional.empty()).get(PODS),
        401,
        "Unauthorized");
  }

  @Test
  void anAdministratorActsAsSomebodyElse() {
    String path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    Answer who =
        client.send(
            "POST",
            path,
            "application/json",
            "{}".getBytes(StandardCharsets.UTF_8),
            "Impersonate-User",
            "opsec",
            "Impersonate-Group",
            "team");
    assertThat(Trees.textOrEmpty(who.json(), "status", "userInfo", "username")).isEqualTo("opsec");
    assertThat(Trees.texts(who.json(), "status", "userInfo", "groups"))
        .containsExactly("team", "system:authenticated");

    RawClient developer =
        new RawClient(
            running, Optional.empty(), Optional.of(running.authority.client("developer")));
    assertStatus(developer.get(PODS, "Impersonate-User", "admin"), 403, "Forbidden");
  }

  @Test
  void discoveryComesInBothForms() {
    String aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    assertThat(client.get("/apis", "Accept", aggregated + ",application/json").contentType())
        .isEqualTo(aggregated);
    assertThat(Trees.textOrEmpty(client.get("/apis").json(), "kind")).isEqualTo("APIGroupList");
    assertThat(client.get("/api/v1").body())
        .contains("\"name\":\"pods/log\"")
        .contains("\"shortNames\":[\"po\"]");
    assertThat(client.get("/apis/apps/v1").body()).contains("\"group\":\"autoscaling\"");
  }

  @Test
  void tablesCarryColumnsAndMetadata() {
    Answer answer =
        client.get(PODS, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

    assertThat(Trees.textOrEmpty(answer.json(), "kind")).isEqualTo("Table");
    assertThat(answer.json().path("columnDefinitions").get(0).path("format").stringValue())
        .isEqualTo("name");
    assertThat(answer.json().path("rows").get(0).path("object").path("kind").stringValue())
        .isEqualTo("PartialObjectMetadata");
  }
}
