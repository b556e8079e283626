package dev.cocolab.apiserver.http;

import static dev.cocolab.apiserver.http.GuardedServer.ACCOUNTS;
import static dev.cocolab.apiserver.http.GuardedServer.assertForbidden;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.json.Trees;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What the server answers when it is asked who somebody is and what he may do. */
class AccessReviewTest {
  @RegisterExtension private static final GuardedServer SERVER = new GuardedServer();

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
            SERVER.clerk(),
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
                    SERVER.stranger(),
                    self,
                    "{'spec':{'nonResourceAttributes':{'verb':'get','path':'/metrics'}}}")
                .path("allowed")
                .booleanValue(true))
        .isFalse();

    String others = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    String question =
        "{'spec':{'user':'named','resourceAttributes':{'verb':'get','resource':'secrets',"
            + "'namespace':'default','name':'mine'}}}";
    assertThat(review(SERVER.admin(), others, question).path("allowed").booleanValue()).isTrue();
    assertForbidden(
        SERVER.clerk().send("POST", others, question),
        "subjectaccessreviews.authorization.k8s.io is forbidden: User \"clerk\" cannot create"
            + " resource \"subjectaccessreviews\" in API group \"authorization.k8s.io\" at the"
            + " cluster scope");
    Answer nobody =
        SERVER.admin().send("POST", others, "{'spec':{'resourceAttributes':{'verb':'get'}}}");
    assertThat(nobody.code()).isEqualTo(422);
    assertThat(nobody.message()).contains("at least one of user or group must be specified");
    Answer nothing = SERVER.admin().send("POST", others, "{'spec':{'user':'u'}}");
    assertThat(nothing.code()).isEqualTo(422);
    assertThat(nothing.message())
        .contains("exactly one of nonResourceAttributes or resourceAttributes must be specified");

    String local = "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews";
    assertThat(review(SERVER.admin(), local, question).path("allowed").booleanValue()).isTrue();
    Answer elsewhere =
        SERVER.admin().send("POST", local, question.replace("'default'", "'kube-system'"));
    assertThat(elsewhere.code()).isEqualTo(422);
    assertThat(elsewhere.message()).contains("must match metadata.namespace");
  }

  @Test
  void theRulesOfAUserAreThoseOfHisBindings() {
    String path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    JsonNode rules = review(SERVER.named(), path, "{'spec':{'namespace':'default'}}");

    assertThat(rules.path("incomplete").booleanValue(true)).isFalse();
    assertThat(rules.path("resourceRules").toString())
        .contains("\"resourceNames\":[\"mine\"]")
        .contains("selfsubjectreviews");
    assertThat(rules.path("nonResourceRules").toString()).contains("/version");
    assertThat(
            review(SERVER.named(), path, "{'spec':{'namespace':'other'}}")
                .path("resourceRules")
                .toString())
        .doesNotContain("mine");
    Answer none = SERVER.named().send("POST", path, "{'spec':{}}");
    assertThat(none.code()).isEqualTo(400);
    assertThat(none.message()).isEqualTo("no namespace on request");
  }

  @Test
  void aTokenIsBoundToItsPodAndReviewsSayWhyItEnds() {
    SERVER.created(ACCOUNTS, "{'metadata':{'name':'bound'}}");
    SERVER.created(
        "/api/v1/namespaces/default/pods",
        "{'metadata':{'name':'holder'},'spec':{'serviceAccountName':'bound',"
            + "'containers':[{'name':'c','image':'i'}]}}");
    String reference = "'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'holder'";
    Answer wrongUid =
        SERVER
            .admin()
            .send("POST", ACCOUNTS + "/bound/token", "{'spec':{" + reference + ",'uid':'u'}}}");
    assertThat(wrongUid.code()).isEqualTo(409);
    assertThat(wrongUid.message()).contains("does not match the UID in record");
    SERVER.created(ACCOUNTS, "{'metadata':{'name':'elsewhere'}}");
    Answer wrongAccount =
        SERVER.admin().send("POST", ACCOUNTS + "/elsewhere/token", "{'spec':{" + reference + "}}}");
    assertThat(wrongAccount.code()).isEqualTo(400);
    assertThat(wrongAccount.message())
        .contains("to pod running with different serviceaccount name");
    Answer tooShort =
        SERVER
            .admin()
            .send("POST", ACCOUNTS + "/bound/token", "{'spec':{'expirationSeconds':599}}");
    assertThat(tooShort.code()).isEqualTo(422);
    assertThat(tooShort.message())
        .contains("spec.expirationSeconds")
        .contains("may not specify a duration less than 10 minutes");

    String token =
        Trees.textOrEmpty(
            SERVER
                .admin()
                .send(
                    "POST",
                    ACCOUNTS + "/bound/token",
                    "{'spec':{'expirationSeconds':600," + reference + "}}}")
                .json(),
            "status",
            "token");
    String reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
    String question = "{'spec':{'token':'" + token + "'}}";
    JsonNode alive = review(SERVER.admin(), reviews, question);
    assertThat(alive.path("authenticated").booleanValue()).isTrue();
    assertThat(Trees.textOrEmpty(alive, "user", "username"))
        .isEqualTo("system:serviceaccount:default:bound");
    assertThat(alive.path("user").path("extra").toString()).contains("\"holder\"");
    JsonNode other =
        review(SERVER.admin(), reviews, "{'spec':{'token':'" + token + "','audiences':['vault']}}");
    assertThat(Trees.textOrEmpty(other, "error")).contains("is invalid for the target audiences");

    SERVER
        .admin()
        .send("DELETE", "/api/v1/namespaces/default/pods/holder", "{'gracePeriodSeconds':0}");
    JsonNode gone = review(SERVER.admin(), reviews, question);
    assertThat(gone.path("authenticated").booleanValue(false)).isFalse();
    assertThat(Trees.textOrEmpty(gone, "error")).endsWith("pod holder is gone");
    assertThat(SERVER.as(token).get("/version").code()).isEqualTo(401);
  }
}
