package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import io.fabric8.kubernetes.client.Config;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For the tests of a class, a server with users of little power, and what is asked of it. */
final class GuardedServer implements BeforeAllCallback, AfterAllCallback {
  static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
  static final String ROLES = RBAC + "/namespaces/default/roles";
  static final String BINDINGS = RBAC + "/namespaces/default/rolebindings";
  static final String SECRETS = "/api/v1/namespaces/default/secrets";
  static final String ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";

  private RunningServer running;
  private RawClient admin;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        new RunningServer(
            options ->
                options
                    .token("clerk", User.of("clerk", "office"))
                    .token("named", User.of("named"))
                    .token("stranger", User.of("stranger"))
                    .token("actor", User.of("actor")));
    admin = new RawClient(running);
    // verbs escalate and bind are not among them: that is what the tests are about
    created(
        ROLES,
        "{'metadata':{'name':'registrar'},'rules':["
            + "{'verbs':['get','list','create','update','patch','delete'],"
            + "'apiGroups':['rbac.authorization.k8s.io'],'resources':['roles','rolebindings']},"
            + "{'verbs':['get','list'],'apiGroups':[''],'resources':['pods']}]}");
    created(
        ROLES,
        "{'metadata':{'name':'clerk'},'rules':["
            + "{'verbs':['get','list'],'apiGroups':[''],'resources':['pods']},"
            + "{'verbs':['*'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['roles','rolebindings'],'resourceNames':[]}]}");
    created(
        ROLES,
        "{'metadata':{'name':'named'},'rules':[{'verbs':['get','list','watch','delete'],"
            + "'apiGroups':[''],'resources':['secrets'],'resourceNames':['mine']}]}");
    bind("clerk", "registrar", "clerk");
    bind("named", "named", "named");
    created(SECRETS, "{'metadata':{'name':'mine'}}");
    created(SECRETS, "{'metadata':{'name':'other'}}");
  }

  RawClient admin() {
    return admin;
  }

  /** Reads pods and writes roles and bindings in the default namespace. */
  RawClient clerk() {
    return as("clerk");
  }

  /** May read the Secret {@code mine} only. */
  RawClient named() {
    return as("named");
  }

  RawClient stranger() {
    return as("stranger");
  }

  RawClient as(String token) {
    return new RawClient(running, Optional.of(token), Optional.empty());
  }

  Config config() {
    return running.config();
  }

  void created(String path, String json) {
    Answer answer = admin.send("POST", path, json);
    assertThat(answer.code()).as(answer.body()).isEqualTo(201);
  }

  void bind(String name, String role, String user) {
    created(BINDINGS, binding(name, "Role", role, user));
  }

  /** What the server answers when the administrator impersonates the user to create this. */
  Answer sendAs(String user, String path, String json) {
    return admin.send(
        "POST",
        path,
        "application/json",
        json.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
        "Impersonate-User",
        user);
  }

  static String binding(String name, String kind, String role, String user) {
    return ("{'metadata':{'name':'%s'},'roleRef':{'kind':'%s','name':'%s',"
            + "'apiGroup':'rbac.authorization.k8s.io'},'subjects':[{'kind':'User','name':'%s',"
            + "'apiGroup':'rbac.authorization.k8s.io'}]}")
        .formatted(name, kind, role, user);
  }

  static void assertForbidden(Answer answer, String message) {
    assertThat(answer.code()).as(answer.body()).isEqualTo(403);
    assertThat(Trees.textOrEmpty(answer.json(), "reason")).isEqualTo("Forbidden");
    assertThat(answer.message()).isEqualTo(message);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    running.close();
  }
}
