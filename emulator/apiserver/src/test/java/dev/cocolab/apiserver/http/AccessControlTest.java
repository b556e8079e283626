package dev.cocolab.apiserver.http;

import static dev.cocolab.apiserver.http.GuardedServer.RBAC;
import static dev.cocolab.apiserver.http.GuardedServer.ROLES;
import static dev.cocolab.apiserver.http.GuardedServer.SECRETS;
import static dev.cocolab.apiserver.http.GuardedServer.assertForbidden;
import static dev.cocolab.apiserver.http.GuardedServer.binding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.json.Trees;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what, over the wire, with the sentences that a real server prints. */
class AccessControlTest {
  @RegisterExtension private static final GuardedServer SERVER = new GuardedServer();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "GET | /api/v1/namespaces/x/pods | pods is forbidden: User \"stranger\" cannot list resource \"pods\" in API group \"\" in the namespace \"x\"",
        "GET | /api/v1/pods | pods is forbidden: User \"stranger\" cannot list resource \"pods\" in API group \"\" at the cluster scope",
        "GET | /api/v1/pods?watch=true | pods is forbidden: User \"stranger\" cannot watch resource \"pods\" in API group \"\" at the cluster scope",
        "GET | /api/v1/namespaces/x/pods/p | pods \"p\" is forbidden: User \"stranger\" cannot get resource \"pods\" in API group \"\" in the namespace \"x\"",
        "GET | /api/v1/namespaces/x/pods/p/log | pods \"p\" is forbidden: User \"stranger\" cannot get resource \"pods/log\" in API group \"\" in the namespace \"x\"",
        "GET | /api/v1/namespaces/x/pods/p/exec | pods \"p\" is forbidden: User \"stranger\" cannot get resource \"pods/exec\" in API group \"\" in the namespace \"x\"",
        "POST | /api/v1/namespaces/x/pods/p/exec | pods \"p\" is forbidden: User \"stranger\" cannot create resource \"pods/exec\" in API group \"\" in the namespace \"x\"",
        "PATCH | /apis/apps/v1/namespaces/x/deployments/d/scale | deployments.apps \"d\" is forbidden: User \"stranger\" cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"x\"",
        "DELETE | /apis/apps/v1/namespaces/x/deployments | deployments.apps is forbidden: User \"stranger\" cannot deletecollection resource \"deployments\" in API group \"apps\" in the namespace \"x\"",
        "GET | /api/v1/namespaces/x | namespaces \"x\" is forbidden: User \"stranger\" cannot get resource \"namespaces\" in API group \"\" in the namespace \"x\"",
        "GET | /api/v1/namespaces | namespaces is forbidden: User \"stranger\" cannot list resource \"namespaces\" in API group \"\" at the cluster scope",
        "PUT | /api/v1/nodes/n/status | nodes \"n\" is forbidden: User \"stranger\" cannot update resource \"nodes/status\" in API group \"\" at the cluster scope",
        "GET | /apis/no.such.group/v1/things | things.no.such.group is forbidden: User \"stranger\" cannot list resource \"things\" in API group \"no.such.group\" at the cluster scope",
        "GET | /metrics | forbidden: User \"stranger\" cannot get path \"/metrics\"",
        "POST | /version | forbidden: User \"stranger\" cannot post path \"/version\"",
        "GET | /api/v1/namespaces/x/pods/%3Cb%3E | pods \"<b>\" is forbidden: User \"stranger\" cannot get resource \"pods\" in API group \"\" in the namespace \"x\""
      })
  void aDenialIsTheSentenceOfARealServer(String method, String path, String message) {
    assertForbidden(SERVER.stranger().send(method, path, "{}"), message);
  }

  @Test
  void everyUserReadsDiscoveryHealthAndVersion() {
    for (String path : List.of("/api", "/apis", "/apis/apps/v1", "/openapi/v3", "/version")) {
      assertThat(SERVER.stranger().get(path).code()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aNameLimitsWhatIsReadListedAndWatched() {
    assertThat(SERVER.named().get(SECRETS + "/mine").code()).isEqualTo(200);
    assertThat(SERVER.named().get(SECRETS + "/other").code()).isEqualTo(403);
    assertForbidden(
        SERVER.named().get(SECRETS),
        "secrets is forbidden: User \"named\" cannot list resource \"secrets\" in API group \"\" in"
            + " the namespace \"default\"");

    Answer one = SERVER.named().get(SECRETS + "?fieldSelector=metadata.name%3Dmine");
    assertThat(one.code()).isEqualTo(200);
    assertThat(Trees.objects(one.json(), "items"))
        .extracting(item -> Trees.textOrEmpty(item, "metadata", "name"))
        .containsExactly("mine");
    assertThat(
            SERVER
                .named()
                .get(SECRETS + "?fieldSelector=metadata.name%3Dmine&watch=true&timeoutSeconds=1")
                .code())
        .isEqualTo(200);
    assertForbidden(
        SERVER.named().get(SECRETS + "?fieldSelector=metadata.name%3Dother"),
        "secrets \"other\" is forbidden: User \"named\" cannot list resource \"secrets\" in API"
            + " group \"\" in the namespace \"default\"");
    assertThat(SERVER.named().get(SECRETS + "?fieldSelector=metadata.name!%3Dmine").code())
        .isEqualTo(403);
    assertThat(SERVER.named().send("DELETE", SECRETS, "").code()).isEqualTo(403);
    // two names: the rule holds for the first, and no object has both
    Answer both =
        SERVER.named().get(SECRETS + "?fieldSelector=metadata.name%3Dmine,metadata.name%3Dother");
    assertThat(Trees.objects(both.json(), "items")).isEmpty();
  }

  @Test
  void impersonationNeedsTheVerbForEachPart() {
    SERVER.created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'actor'},'rules':["
            + "{'verbs':['impersonate'],'apiGroups':[''],'resources':['users'],"
            + "'resourceNames':['clerk']},"
            + "{'verbs':['impersonate'],'apiGroups':[''],'resources':['groups'],"
            + "'resourceNames':['office']}]}");
    SERVER.created(
        RBAC + "/clusterrolebindings", binding("actor", "ClusterRole", "actor", "actor"));
    RawClient actor = SERVER.as("actor");
    String pods = "/api/v1/namespaces/default/pods";

    assertThat(actor.get(pods, "Impersonate-User", "clerk").code()).isEqualTo(200);
    assertThat(actor.get(pods, "Impersonate-User", "clerk", "Impersonate-Group", "office").code())
        .isEqualTo(200);
    assertForbidden(
        actor.get(pods, "Impersonate-User", "admin"),
        "users \"admin\" is forbidden: User \"actor\" cannot impersonate resource \"users\" in API"
            + " group \"\" at the cluster scope");
    assertForbidden(
        actor.get(pods, "Impersonate-User", "clerk", "Impersonate-Group", "system:masters"),
        "groups \"system:masters\" is forbidden: User \"actor\" cannot impersonate resource"
            + " \"groups\" in API group \"\" at the cluster scope");
    assertForbidden(
        actor.get(pods, "Impersonate-User", "system:serviceaccount:default:robot"),
        "serviceaccounts \"robot\" is forbidden: User \"actor\" cannot impersonate resource"
            + " \"serviceaccounts\" in API group \"\" in the namespace \"default\"");
    assertForbidden(
        actor.get(pods, "Impersonate-User", "clerk", "Impersonate-Extra-scopes", "all"),
        "userextras.authentication.k8s.io \"all\" is forbidden: User \"actor\" cannot impersonate resource"
            + " \"userextras/scopes\" in API group \"authentication.k8s.io\" at the cluster scope");
    Answer alone = SERVER.admin().get(pods, "Impersonate-Group", "system:masters");
    assertThat(alone.code()).isEqualTo(500);
    assertThat(alone.message()).contains("without impersonating a user");
  }

  @Test
  void anApplyThatMakesAnObjectNeedsTheVerbCreateToo() {
    SERVER.created(
        ROLES,
        "{'metadata':{'name':'patcher'},'rules':[{'verbs':['patch'],'apiGroups':[''],"
            + "'resources':['configmaps']}]}");
    SERVER.bind("patcher", "patcher", "patcher");
    byte[] body =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"fresh\"}}"
            .getBytes(StandardCharsets.UTF_8);

    Answer answer =
        SERVER
            .admin()
            .send(
                "PATCH",
                "/api/v1/namespaces/default/configmaps/fresh?fieldManager=t",
                "application/apply-patch+yaml",
                body,
                "Impersonate-User",
                "patcher");

    assertForbidden(
        answer,
        "configmaps \"fresh\" is forbidden: User \"patcher\" cannot create resource \"configmaps\""
            + " in API group \"\" in the namespace \"default\"");
    assertThat(SERVER.admin().get("/api/v1/namespaces/default/configmaps/fresh").code())
        .isEqualTo(404);
  }

  @Test
  void fabricClientsSeeTheSameAnswers() {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(SERVER.config()).withOauthToken("clerk").build())
            .build()) {
      assertThat(client.pods().inNamespace("default").list().getItems()).isNotNull();
      assertThat(
              client
                  .authorization()
                  .v1()
                  .selfSubjectAccessReview()
                  .create(
                      new SelfSubjectAccessReviewBuilder()
                          .withNewSpec()
                          .withNewResourceAttributes()
                          .withVerb("delete")
                          .withResource("pods")
                          .withNamespace("default")
                          .endResourceAttributes()
                          .endSpec()
                          .build())
                  .getStatus()
                  .getAllowed())
          .isFalse();
      assertThat(
              catchThrowable(
                  () ->
                      client
                          .resource(
                              new RoleBuilder()
                                  .withNewMetadata()
                                  .withName("own-all")
                                  .withNamespace("default")
                                  .endMetadata()
                                  .withRules(
                                      new PolicyRuleBuilder()
                                          .withVerbs("*")
                                          .withApiGroups("*")
                                          .withResources("*")
                                          .build())
                                  .build())
                          .create()))
          .asInstanceOf(InstanceOfAssertFactories.type(KubernetesClientException.class))
          .satisfies(e -> assertThat(e.getCode()).isEqualTo(403))
          .satisfies(
              e ->
                  assertThat(e.getStatus().getMessage())
                      .contains("is attempting to grant RBAC permissions not currently held"));
    }
  }
}
