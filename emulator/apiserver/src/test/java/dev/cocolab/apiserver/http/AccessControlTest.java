package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Who may do what, over the wire, with the sentences that a real server prints. */
class AccessControlTest {
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
  private static final String ROLES = RBAC + "/namespaces/default/roles";
  private static final String BINDINGS = RBAC + "/namespaces/default/rolebindings";
  private static final String SECRETS = "/api/v1/namespaces/default/secrets";
  private static final String ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";

  private static RunningServer running;
  private static RawClient admin;

  /** Reads pods and writes roles and bindings in the default namespace. */
  private static RawClient clerk;

  /** May read the Secret {@code mine} only. */
  private static RawClient named;

  private static RawClient stranger;

  @BeforeAll
  static void start() {
    running =
        new RunningServer(
            options ->
                options
                    .token("clerk", User.of("clerk", "office"))
                    .token("named", User.of("named"))
                    .token("stranger", User.of("stranger"))
                    .token("actor", User.of("actor")));
    admin = new RawClient(running);
    clerk = as("clerk");
    named = as("named");
    stranger = as("stranger");
    created(
        ROLES,
        "{'metadata':{'name':'clerk'},'rules':["
            + "{'verbs':['get','list'],'apiGroups':[''],'resources':['pods']},"
            + "{'verbs':['*'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['roles','rolebindings'],'resourceNames':[]}]}");
    // verbs escalate and bind are not among them: that is what the tests are about
    created(
        ROLES,
        "{'metadata':{'name':'registrar'},'rules':["
            + "{'verbs':['get','list','create','update','patch','delete'],"
            + "'apiGroups':['rbac.authorization.k8s.io'],'resources':['roles','rolebindings']},"
            + "{'verbs':['get','list'],'apiGroups':[''],'resources':['pods']}]}");
    created(
        ROLES,
        "{'metadata':{'name':'named'},'rules':[{'verbs':['get','list','watch','delete'],"
            + "'apiGroups':[''],'resources':['secrets'],'resourceNames':['mine']}]}");
    bind("clerk", "registrar", "clerk");
    bind("named", "named", "named");
    created(SECRETS, "{'metadata':{'name':'mine'}}");
    created(SECRETS, "{'metadata':{'name':'other'}}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static RawClient as(String token) {
    return new RawClient(running, Optional.of(token), Optional.empty());
  }

  private static void created(String path, String json) {
    Answer answer = admin.send("POST", path, json);
    assertThat(answer.code()).as(answer.body()).isEqualTo(201);
  }

  private static String binding(String name, String kind, String role, String user) {
    return ("{'metadata':{'name':'%s'},'roleRef':{'kind':'%s','name':'%s',"
            + "'apiGroup':'rbac.authorization.k8s.io'},'subjects':[{'kind':'User','name':'%s',"
            + "'apiGroup':'rbac.authorization.k8s.io'}]}")
        .formatted(name, kind, role, user);
  }

  private static void bind(String name, String role, String user) {
    created(BINDINGS, binding(name, "Role", role, user));
  }

  private static void assertForbidden(Answer answer, String message) {
    assertThat(answer.code()).as(answer.body()).isEqualTo(403);
    assertThat(Trees.textOrEmpty(answer.json(), "reason")).isEqualTo("Forbidden");
    assertThat(answer.message()).isEqualTo(message);
  }

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
    assertForbidden(stranger.send(method, path, "{}"), message);
  }

  @Test
  void everyUserReadsDiscoveryHealthAndVersion() {
    for (String path : List.of("/api", "/apis", "/apis/apps/v1", "/openapi/v3", "/version")) {
      assertThat(stranger.get(path).code()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aNameLimitsWhatIsReadListedAndWatched() {
    assertThat(named.get(SECRETS + "/mine").code()).isEqualTo(200);
    assertThat(named.get(SECRETS + "/other").code()).isEqualTo(403);
    assertForbidden(
        named.get(SECRETS),
        "secrets is forbidden: User \"named\" cannot list resource \"secrets\" in API group \"\" in"
            + " the namespace \"default\"");

    Answer one = named.get(SECRETS + "?fieldSelector=metadata.name%3Dmine");
    assertThat(one.code()).isEqualTo(200);
    assertThat(Trees.objects(one.json(), "items"))
        .extracting(item -> Trees.textOrEmpty(item, "metadata", "name"))
        .containsExactly("mine");
    assertThat(
            named
                .get(SECRETS + "?fieldSelector=metadata.name%3Dmine&watch=true&timeoutSeconds=1")
                .code())
        .isEqualTo(200);
    assertForbidden(
        named.get(SECRETS + "?fieldSelector=metadata.name%3Dother"),
        "secrets \"other\" is forbidden: User \"named\" cannot list resource \"secrets\" in API"
            + " group \"\" in the namespace \"default\"");
    assertThat(named.get(SECRETS + "?fieldSelector=metadata.name!%3Dmine").code()).isEqualTo(403);
    assertThat(named.send("DELETE", SECRETS, "").code()).isEqualTo(403);
    // two names: the rule holds for the first, and no object has both
    Answer both = named.get(SECRETS + "?fieldSelector=metadata.name%3Dmine,metadata.name%3Dother");
    assertThat(Trees.objects(both.json(), "items")).isEmpty();
  }

  @Test
  void aRoleMayNotHoldMoreThanItsWriter() {
    assertThat(
            clerk
                .send(
                    "POST",
                    ROLES,
                    "{'metadata':{'name':'held'},'rules':[{'verbs':['get'],'apiGroups':[''],"
                        + "'resources':['pods']}]}")
                .code())
        .isEqualTo(201);
    assertForbidden(
        clerk.send(
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
    assertThat(clerk.get(ROLES + "/more").code()).isEqualTo(404);
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
    created(
        ROLES,
        "{'metadata':{'name':'"
            + name
            + "'},'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['pods']}]}");
    String patch =
        ("{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":"
                + "\"%s\"},\"rules\":[{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],\"resources\":[\"*\"]}]}")
            .formatted(name);

    Answer answer =
        clerk.send(
            "PATCH",
            ROLES + "/" + name + "?fieldManager=t" + (media.contains("apply") ? "&force=true" : ""),
            media,
            patch.getBytes(StandardCharsets.UTF_8));

    assertThat(answer.code()).as(answer.body()).isEqualTo(403);
    assertThat(answer.message())
        .contains("is attempting to grant RBAC permissions not currently held")
        .contains("{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}");
    Answer label =
        clerk.send(
            "PATCH",
            ROLES + "/" + name,
            "application/merge-patch+json",
            "{\"metadata\":{\"finalizers\":[\"a/b\"]}}".getBytes(StandardCharsets.UTF_8));
    assertThat(label.code()).isEqualTo(200);
  }

  @Test
  void aBindingMayNotGrantMoreThanItsWriterHas() {
    assertThat(clerk.send("POST", BINDINGS, binding("own", "Role", "clerk", "v")).code())
        .isEqualTo(403);
    assertThat(clerk.send("POST", BINDINGS, binding("same", "Role", "registrar", "v")).code())
        .isEqualTo(201);
    Answer everything =
        clerk.send("POST", BINDINGS, binding("all", "ClusterRole", "admin", "clerk"));
    assertThat(everything.code()).isEqualTo(403);
    assertThat(everything.message())
        .startsWith(
            "rolebindings.rbac.authorization.k8s.io \"all\" is forbidden: user \"clerk\""
                + " (groups=[\"office\" \"system:authenticated\"]) is attempting to grant RBAC"
                + " permissions not currently held:\n");
    Answer missing = clerk.send("POST", BINDINGS, binding("none", "Role", "no-such", "clerk"));
    assertThat(missing.code()).isEqualTo(404);
    assertThat(missing.message())
        .isEqualTo("roles.rbac.authorization.k8s.io \"no-such\" not found");
  }

  @Test
  void theVerbsBindAndEscalateLiftTheCheck() {
    created(
        ROLES,
        "{'metadata':{'name':'lifter'},'rules':["
            + "{'verbs':['bind'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['clusterroles'],'resourceNames':['view']},"
            + "{'verbs':['create','escalate'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['roles']},"
            + "{'verbs':['create'],'apiGroups':['rbac.authorization.k8s.io'],"
            + "'resources':['rolebindings']}]}");
    bind("lifter", "lifter", "stranger-2");
    String[] as = {"Impersonate-User", "stranger-2"};

    assertThat(send(as, BINDINGS, binding("v", "ClusterRole", "view", "w")).code()).isEqualTo(201);
    assertThat(send(as, BINDINGS, binding("e", "ClusterRole", "edit", "w")).code()).isEqualTo(403);
    assertThat(
            send(
                    as,
                    ROLES,
                    "{'metadata':{'name':'anything'},'rules':[{'verbs':['*'],'apiGroups':['*'],"
                        + "'resources':['*']}]}")
                .code())
        .isEqualTo(201);
  }

  private static Answer send(String[] headers, String path, String json) {
    return admin.send(
        "POST",
        path,
        "application/json",
        json.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
        headers);
  }

  @Test
  void onlyAClusterAdminUsesAggregation() {
    created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'role-maker'},'rules':[{'verbs':['create'],"
            + "'apiGroups':['rbac.authorization.k8s.io'],'resources':['clusterroles']}]}");
    created(
        RBAC + "/clusterrolebindings", binding("role-maker", "ClusterRole", "role-maker", "maker"));
    String role =
        "{'metadata':{'name':'sum'},'aggregationRule':{'clusterRoleSelectors':"
            + "[{'matchLabels':{'to-sum':'true'}}]}}";

    assertForbidden(
        send(new String[] {"Impersonate-User", "maker"}, RBAC + "/clusterroles", role),
        "clusterroles.rbac.authorization.k8s.io \"sum\" is forbidden: must have cluster-admin"
            + " privileges to use the aggregationRule");
    created(RBAC + "/clusterroles", role);
    created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'summand','labels':{'to-sum':'true'}},'rules':[{'verbs':['get'],"
            + "'apiGroups':[''],'resources':['nodes']}]}");
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThat(admin.get(RBAC + "/clusterroles/sum").json().path("rules")).hasSize(1));
  }

  @Test
  void bootstrapRolesAreAggregated() {
    JsonNode view = admin.get(RBAC + "/clusterroles/view").json();
    JsonNode edit = admin.get(RBAC + "/clusterroles/edit").json();
    JsonNode all = admin.get(RBAC + "/clusterroles/admin").json();

    assertThat(view.path("rules").toString()).contains("\"pods\"").doesNotContain("\"secrets\"");
    assertThat(edit.path("rules").toString())
        .contains("\"secrets\"")
        .contains("\"pods/exec\"")
        .doesNotContain("\"rolebindings\"");
    assertThat(all.path("rules").toString()).contains("\"rolebindings\"").contains("\"secrets\"");
  }

  @Test
  void impersonationNeedsTheVerbForEachPart() {
    created(
        RBAC + "/clusterroles",
        "{'metadata':{'name':'actor'},'rules':["
            + "{'verbs':['impersonate'],'apiGroups':[''],'resources':['users'],"
            + "'resourceNames':['clerk']},"
            + "{'verbs':['impersonate'],'apiGroups':[''],'resources':['groups'],"
            + "'resourceNames':['office']}]}");
    created(RBAC + "/clusterrolebindings", binding("actor", "ClusterRole", "actor", "actor"));
    RawClient actor = as("actor");
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
    Answer alone = admin.get(pods, "Impersonate-Group", "system:masters");
    assertThat(alone.code()).isEqualTo(500);
    assertThat(alone.message()).contains("without impersonating a user");
  }

  private static JsonNode review(RawClient who, String path, String json) {
    Answer answer = who.send("POST", path, json);
    assertThat(answer.code()).as(answer.body()).isEqualTo(201);
    return answer.json().path("status");
  }

  @Test
  void reviewsSayWhoMayWhatAndWhy() {
    String self = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    JsonNode own =
        review(
            clerk,
            self,
            "{'spec':{'resourceAttributes':{'verb':'list','resource':'pods',"
                + "'namespace':'default'}}}");
    assertThat(own.path("allowed").booleanValue()).isTrue();
    assertThat(Trees.textOrEmpty(own, "reason"))
        .isEqualTo(
            "RBAC: allowed by RoleBinding \"clerk/default\" of Role \"registrar\" to User"
                + " \"clerk\"");
    assertThat(
            review(
                    stranger,
                    self,
                    "{'spec':{'nonResourceAttributes':{'verb':'get','path':'/metrics'}}}")
                .path("allowed")
                .booleanValue(true))
        .isFalse();

    String others = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    String question =
        "{'spec':{'user':'named','resourceAttributes':{'verb':'get','resource':'secrets',"
            + "'namespace':'default','name':'mine'}}}";
    assertThat(review(admin, others, question).path("allowed").booleanValue()).isTrue();
    assertForbidden(
        clerk.send("POST", others, question),
        "subjectaccessreviews.authorization.k8s.io is forbidden: User \"clerk\" cannot create"
            + " resource \"subjectaccessreviews\" in API group \"authorization.k8s.io\" at the"
            + " cluster scope");
    Answer nobody = admin.send("POST", others, "{'spec':{'resourceAttributes':{'verb':'get'}}}");
    assertThat(nobody.code()).isEqualTo(422);
    assertThat(nobody.message()).contains("at least one of user or group must be specified");
    Answer nothing = admin.send("POST", others, "{'spec':{'user':'u'}}");
    assertThat(nothing.code()).isEqualTo(422);
    assertThat(nothing.message())
        .contains("exactly one of nonResourceAttributes or resourceAttributes must be specified");

    String local = "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews";
    assertThat(review(admin, local, question).path("allowed").booleanValue()).isTrue();
    Answer elsewhere = admin.send("POST", local, question.replace("'default'", "'kube-system'"));
    assertThat(elsewhere.code()).isEqualTo(422);
    assertThat(elsewhere.message()).contains("must match metadata.namespace");
  }

  @Test
  void theRulesOfAUserAreThoseOfHisBindings() {
    String path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    JsonNode rules = review(named, path, "{'spec':{'namespace':'default'}}");

    assertThat(rules.path("incomplete").booleanValue(true)).isFalse();
    assertThat(rules.path("resourceRules").toString())
        .contains("\"resourceNames\":[\"mine\"]")
        .contains("selfsubjectreviews");
    assertThat(rules.path("nonResourceRules").toString()).contains("/version");
    assertThat(
            review(named, path, "{'spec':{'namespace':'other'}}").path("resourceRules").toString())
        .doesNotContain("mine");
    Answer none = named.send("POST", path, "{'spec':{}}");
    assertThat(none.code()).isEqualTo(400);
    assertThat(none.message()).isEqualTo("no namespace on request");
  }

  @Test
  void aTokenIsBoundToItsPodAndReviewsSayWhyItEnds() {
    created(ACCOUNTS, "{'metadata':{'name':'bound'}}");
    created(
        "/api/v1/namespaces/default/pods",
        "{'metadata':{'name':'holder'},'spec':{'serviceAccountName':'bound',"
            + "'containers':[{'name':'c','image':'i'}]}}");
    String reference = "'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'holder'";
    Answer wrongUid =
        admin.send("POST", ACCOUNTS + "/bound/token", "{'spec':{" + reference + ",'uid':'u'}}}");
    assertThat(wrongUid.code()).isEqualTo(409);
    assertThat(wrongUid.message()).contains("does not match the UID in record");
    created(ACCOUNTS, "{'metadata':{'name':'elsewhere'}}");
    Answer wrongAccount =
        admin.send("POST", ACCOUNTS + "/elsewhere/token", "{'spec':{" + reference + "}}}");
    assertThat(wrongAccount.code()).isEqualTo(400);
    assertThat(wrongAccount.message())
        .contains("to pod running with different serviceaccount name");
    Answer tooShort =
        admin.send("POST", ACCOUNTS + "/bound/token", "{'spec':{'expirationSeconds':599}}");
    assertThat(tooShort.code()).isEqualTo(422);
    assertThat(tooShort.message())
        .contains("spec.expirationSeconds")
        .contains("may not specify a duration less than 10 minutes");

    String token =
        Trees.textOrEmpty(
            admin
                .send(
                    "POST",
                    ACCOUNTS + "/bound/token",
                    "{'spec':{'expirationSeconds':600," + reference + "}}}")
                .json(),
            "status",
            "token");
    String reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
    String question = "{'spec':{'token':'" + token + "'}}";
    JsonNode alive = review(admin, reviews, question);
    assertThat(alive.path("authenticated").booleanValue()).isTrue();
    assertThat(Trees.textOrEmpty(alive, "user", "username"))
        .isEqualTo("system:serviceaccount:default:bound");
    assertThat(alive.path("user").path("extra").toString()).contains("\"holder\"");
    JsonNode other =
        review(admin, reviews, "{'spec':{'token':'" + token + "','audiences':['vault']}}");
    assertThat(Trees.textOrEmpty(other, "error")).contains("is invalid for the target audiences");

    admin.send("DELETE", "/api/v1/namespaces/default/pods/holder", "{'gracePeriodSeconds':0}");
    JsonNode gone = review(admin, reviews, question);
    assertThat(gone.path("authenticated").booleanValue(false)).isFalse();
    assertThat(Trees.textOrEmpty(gone, "error")).endsWith("pod holder is gone");
    assertThat(as(token).get("/version").code()).isEqualTo(401);
  }

  @Test
  void anApplyThatMakesAnObjectNeedsTheVerbCreateToo() {
    created(
        ROLES,
        "{'metadata':{'name':'patcher'},'rules':[{'verbs':['patch'],'apiGroups':[''],"
            + "'resources':['configmaps']}]}");
    bind("patcher", "patcher", "patcher");
    byte[] body =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"fresh\"}}"
            .getBytes(StandardCharsets.UTF_8);

    Answer answer =
        admin.send(
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
    assertThat(admin.get("/api/v1/namespaces/default/configmaps/fresh").code()).isEqualTo(404);
  }

  @Test
  void fabricClientsSeeTheSameAnswers() {
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(running.config()).withOauthToken("clerk").build())
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
              org.assertj.core.api.Assertions.catchThrowable(
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
