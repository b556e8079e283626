package dev.cocolab.apiserver.http;

import static dev.cocolab.apiserver.http.GuardedServer.BINDINGS;
import static dev.cocolab.apiserver.http.GuardedServer.RBAC;
import static dev.cocolab.apiserver.http.GuardedServer.ROLES;
import static dev.cocolab.apiserver.http.GuardedServer.assertForbidden;
import static dev.cocolab.apiserver.http.GuardedServer.binding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Nobody grants more than he has, whatever way he writes a role or binding. */
class PrivilegeEscalationTest {
  @RegisterExtension private static final GuardedServer SERVER = new GuardedServer();

  @Test
  void aRoleMayNotHoldMoreThanItsWriter() {
    assertThat(
            SERVER
                .clerk()
                .send(
                    "POST",
                    ROLES,
                    "{'metadata':{'name':'held'},'rules':[{'verbs':['get'],'apiGroups':[''],"
                        + "'resources':['pods']}]}")
                .code())
        .isEqualTo(201);
    assertForbidden(
        SERVER
            .clerk()
            .send(
                "POST",
                ROLES,
                "{'metadata':{'name':'more'},'rules':["
                    + "{'verbs':['get','delete','create'],'apiGroups':[''],'resources':['pods']},"
                    + "{'verbs':['get'],'apiGroups':[''],'resources':['secrets'],"
                    + "'resourceNames':['a']}]}"),
        "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"clerk\" (groups=[\"office\""
            + " \"system:authenticated\"]) is attempting to grant RBAC permissions not currently"
            + " held:\n"
            + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\" \"create\"]}\n"
            + "{APIGroups:[\"\"], Resources:[\"secrets\"], ResourceNames:[\"a\"], Verbs:[\"get\"]}");
    assertThat(SERVER.clerk().get(ROLES + "/more").code()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml"
      })
  void noKindOfPatchWidensARole(String media) {
    String name = "wide-" + media.replaceAll("\\W", "-");
    SERVER.created(
        ROLES,
        "{'metadata':{'name':'"
            + name
            + "'},'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['pods']}]}");
    String patch =
        ("{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":"
                + "\"%s\"},\"rules\":[{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],\"resources\":[\"*\"]}]}")
            .formatted(name);

    Answer answer =
        SERVER
            .clerk()
            .send(
                "PATCH",
                ROLES
                    + "/"
                    + name
                    + "?fieldManager=t"
                    + (media.contains("apply") ? "&force=true" : ""),
                media,
                patch.getBytes(StandardCharsets.UTF_8));

    assertThat(answer.code()).as(answer.body()).isEqualTo(403);
    assertThat(answer.message())
        .contains("is attempting to grant RBAC permissions not currently held")
        .contains("{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}");
    Answer label =
        SERVER
            .clerk()
            .send(
                "PATCH",
                ROLES + "/" + name,
                "application/merge-patch+json",
                "{\"metadata\":{\"finalizers\":[\"a/b\"]}}".getBytes(StandardCharsets.UTF_8));
    assertThat(label.code()).isEqualTo(200);
  }

  @Test
  void aBindingMayNotGrantMoreThanItsWriterHas() {
    assertThat(SERVER.clerk().send("POST", BINDINGS, binding("own", "Role", "clerk", "v")).code())
        .isEqualTo(403);
    assertThat(
            SERVER.clerk().send("POST", BINDINGS, binding("same", "Role", "registrar", "v")).code())
        .isEqualTo(201);
    Answer everything =
        SERVER.clerk().send("POST", BINDINGS, binding("all", "ClusterRole", "admin", "clerk"));
    assertThat(everything.code()).isEqualTo(403);
    assertThat(everything.message())
        .startsWith(
            "rolebindings.rbac.authorization.k8s.io \"all\" is forbidden: user \"clerk\""
                + " (groups=[\"office\" \"system:authenticated\"]) is attempting to grant RBAC"
                + " permissions not currently held:\n");
    Answer missing =
        SERVER.clerk().send("POST", BINDINGS, binding("none", "Role", "no-such", "clerk"));
    assertThat(missing.code()).isEqualTo(404);
    assertThat(missing.message())
        .isEqualTo("roles.rbac.authorization.k8s.io \"no-such\" not found");
  }

  @Test
  void theVerbsBindAndEscalateLiftTheCheck() {
    SERVER.created(
        ROLES,
        "{'metadata':{'name':'lifter'},'rules':["
            + "{'verbs':['bind'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['clusterroles'],'resourceNames':['view']},"
            + "{'verbs':['create','escalate'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['roles']},"
            + "{'verbs':['create'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['rolebindings']}]}");
    SERVER.bind("lifter", "lifter", "stranger-2");

    assertThat(
            SERVER.sendAs("stranger-2", BINDINGS, binding("v", "ClusterRole", "view", "w")).code())
        .isEqualTo(201);
    assertThat(
            SERVER.sendAs("stranger-2", BINDINGS, binding("e", "ClusterRole", "edit", "w")).code())
        .isEqualTo(403);
    assertThat(
            SERVER
                .sendAs(
                    "stranger-2",
                    ROLES,
                    "{'metadata':{'name':'anything'},'rules':[{'verbs':['*'],'apiGroups':['*'],"
                        + "'resources':['*']}]}")
                .code())
        .isEqualTo(201);
  }

  @Test
  void onlyAClusterAdminUsesAggregation() {
    SERVER.created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'role-maker'},'rules':[{'verbs':['create'],"
            + "'apiGroups':['rbac.authorization.k8s.io'],'resources':['clusterroles']}]}");
    SERVER.created(
        RBAC + "/clusterrolebindings", binding("role-maker", "ClusterRole", "role-maker", "maker"));
    String role =
        "{'metadata':{'name':'sum'},'aggregationRule':{'clusterRoleSelectors':"
            + "[{'matchLabels':{'to-sum':'true'}}]}}";

    assertForbidden(
        SERVER.sendAs("maker", RBAC + "/clusterroles", role),
        "clusterroles.rbac.authorization.k8s.io \"sum\" is forbidden: must have cluster-admin"
            + " privileges to use the aggregationRule");
    SERVER.created(RBAC + "/clusterroles", role);
    SERVER.created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'summand','labels':{'to-sum':'true'}},'rules':[{'verbs':['get'],"
            + "'apiGroups':[''],'resources':['nodes']}]}");
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThat(SERVER.admin().get(RBAC + "/clusterroles/sum").json().path("rules"))
                    .hasSize(1));
  }

  @Test
  void bootstrapRolesAreAggregated() {
    JsonNode view = SERVER.admin().get(RBAC + "/clusterroles/view").json();
    JsonNode edit = SERVER.admin().get(RBAC + "/clusterroles/edit").json();
    JsonNode all = SERVER.admin().get(RBAC + "/clusterroles/admin").json();

    assertThat(view.path("rules").toString()).contains("\"pods\"").doesNotContain("\"secrets\"");
    assertThat(edit.path("rules").toString())
        .contains("\"secrets\"")
        .contains("\"pods/exec\"")
        .doesNotContain("\"rolebindings\"");
    assertThat(all.path("rules").toString()).contains("\"rolebindings\"").contains("\"secrets\"");
  }
}
