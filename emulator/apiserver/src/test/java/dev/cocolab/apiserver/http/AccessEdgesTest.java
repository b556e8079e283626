package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.auth.User;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that look like others which somebody may make. */
class AccessEdgesTest {
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  private static RunningServer running;
  private static RawClient admin;

  @BeforeAll
  static void start() {
    running =
        new RunningServer(
            options ->
                options.token("watcher", User.of("watcher")).token("actor", User.of("actor")));
    admin = new RawClient(running);
    grant("watcher", "{'verbs':['list','watch'],'apiGroups':['*'],'resources':['*']}");
    grant("actor", "{'verbs':['impersonate'],'apiGroups':[''],'resources':['users']}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static void grant(String user, String rule) {
    created(RBAC + "/clusterroles", "{'metadata':{'name':'" + user + "'},'rules':[" + rule + "]}");
    created(
        RBAC + "/clusterrolebindings",
        ("{'metadata':{'name':'%1$s'},'roleRef':{'kind':'ClusterRole','name':'%1$s',"
                + "'apiGroup':'rbac.authorization.k8s.io'},'subjects':[{'kind':'User','name':'%1$s',"
                + "'apiGroup':'rbac.authorization.k8s.io'}]}")
            .formatted(user));
  }

  private static void created(String path, String json) {
    Answer answer = admin.send("POST", path, json);
    assertThat(answer.code()).as(answer.body()).isEqualTo(201);
  }

  private static RawClient as(String token) {
    return new RawClient(running, Optional.of(token), Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({"log, pods/log", "exec, pods/exec", "attach, pods/attach", "status, pods/status"})
  void noParameterMakesAWatchOfWhatIsNone(String subresource, String resource) {
    Answer answer =
        as("watcher").get("/api/v1/namespaces/default/pods/p/" + subresource + "?watch=true");

    assertThat(answer.code()).as(answer.body()).isEqualTo(403);
    assertThat(answer.message())
        .isEqualTo(
            "pods \"p\" is forbidden: User \"watcher\" cannot get resource \""
                + resource
                + "\" in API group \"\" in the namespace \"default\"");
  }

  @ParameterizedTest
  @CsvSource({
    "system:serviceaccount:kube-system:a:b",
    "system:serviceaccount::b",
    "system:serviceaccount:kube-system:",
    "system:serviceaccount:kube-system"
  })
  void aNameThatIsNoServiceAccountsBringsNoGroupOfServiceAccounts(String name) {
    Answer answer =
        as("actor")
            .send(
                "POST",
                "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                "application/json",
                "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "Impersonate-User",
                name);

    assertThat(answer.code()).as(answer.body()).isEqualTo(201);
    assertThat(answer.json().at("/status/userInfo/username").asString()).isEqualTo(name);
    assertThat(answer.json().at("/status/userInfo/groups").toString())
        .isEqualTo("[\"system:authenticated\"]");
  }

  @ParameterizedTest
  @CsvSource({
    "clusterroles, rbac.authorization.k8s.io, Cluster, ClusterRole",
    "gadgets, apps, Namespaced, Gadget"
  })
  void nobodyDefinesAKindInAGroupOfTheServerItself(
      String plural, String group, String scope, String kind) {
    Answer answer =
        admin.send(
            "POST",
            DEFINITIONS,
            ("{'metadata':{'name':'%1$s.%2$s'},'spec':{'group':'%2$s','scope':'%3$s','names':"
                    + "{'plural':'%1$s','kind':'%4$s'},'versions':[{'name':'v9','served':true,"
                    + "'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}}]}}")
                .formatted(plural, group, scope, kind));

    assertThat(answer.code()).as(answer.body()).isEqualTo(422);
    assertThat(answer.message())
        .isEqualTo(
            "CustomResourceDefinition.apiextensions.k8s.io \"%1$s.%2$s\" is invalid: spec.group:"
                    .formatted(plural, group)
                + " Invalid value: \"%s\": is a group of this server itself".formatted(group));
    assertThat(admin.get("/apis/" + group + "/v9/" + plural).code()).isEqualTo(404);
  }

  @Test
  void theWatchOfOneObjectStaysAWatch() {
    Answer answer =
        as("actor").get("/api/v1/namespaces/default/secrets/s?watch=true&timeoutSeconds=1");

    assertThat(answer.message())
        .isEqualTo(
            "secrets \"s\" is forbidden: User \"actor\" cannot watch resource \"secrets\" in API"
                + " group \"\" in the namespace \"default\"");
  }
}
