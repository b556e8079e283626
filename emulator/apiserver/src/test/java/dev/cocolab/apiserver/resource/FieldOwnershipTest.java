package dev.cocolab.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Who owns which fields after which writes, and what an apply is refused for. */
class FieldOwnershipTest extends ApplyFixture {
  @Test
  void otherWritesOwnWhatTheyChange() {
    applyMap("me", false, ",'data':{'a':'1','b':'1'}");
    lab.merge(map, Part.MAIN, "{'data':{'a':'2','c':'3'},'metadata':{'labels':{'x':'y'}}}");

    assertThat(owners(lab.get(map)))
        .isEqualTo(
            "me Apply {'f:data':{'f:b':{}}}; test Update {'f:data':{'f:a':{},'f:c':{}},"
                + "'f:metadata':{'f:labels':{'.':{},'f:x':{}}}}");
  }

  @Test
  void statusAndScaleAreOwnersOfTheirOwn() {
    applyDeployment(
        "me",
        false,
        "{'replicas':1,'selector':{'matchLabels':{'app':'d'}},'template':{'metadata':{'labels':"
            + "{'app':'d'}},'spec':{'containers':[{'name':'a','image':'i:1'}]}}}");
    lab.merge(deployment, Part.STATUS, "{'status':{'readyReplicas':1}}");
    lab.service
        .patches()
        .patchScale(
            lab.service.subresources(),
            deployment,
            "application/merge-patch+json",
            "{\"spec\":{\"replicas\":3}}".getBytes(StandardCharsets.UTF_8),
            lab.options(FieldValidation.WARN));

    assertThat(owners(lab.get(deployment)))
        .contains("test Update/scale {'f:spec':{'f:replicas':{}}}")
        .contains("test Update/status {'f:status':{'f:readyReplicas':{}}}");
    ApiException refusal = refusal(() -> applyDeployment("me", false, "{'replicas':1}"));
    assertThat(refusal)
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"test\" with subresource \"scale\""
                + " using apps/v1: .spec.replicas");
  }

  @Test
  void statusIsAppliedThroughItsSubresource() {
    applyDeployment(
        "me",
        false,
        "{'selector':{'matchLabels':{'app':'d'}},'template':{'metadata':{'labels':"
            + "{'app':'d'}},'spec':{'containers':[{'name':'a','image':'i:1'}]}}}");
    ObjectNode after =
        apply(
                deployment,
                Part.STATUS,
                "controller",
                false,
                "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},"
                    + "'status':{'conditions':[{'type':'Available','status':'True'}]}}")
            .object();

    assertThat(Trees.objects(after, "status", "conditions")).hasSize(1);
    assertThat(owners(after))
        .contains(
            "controller Apply/status {'f:status':{'f:conditions':{'k:{\\'type\\':\\'Available\\'}':"
                + "{'.':{},'f:status':{},'f:type':{}}}}}");
    assertThat(
            refusal(
                    () ->
                        apply(
                            lab.target("apps", "deployments", "default", "none"),
                            Part.STATUS,
                            "controller",
                            false,
                            "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'none'}}"))
                .reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void managedFieldsCanBeForgottenUntilTheNextApply() {
    applyMap("me", false, ",'data':{'a':'1'}");

    for (String reset : List.of("[{}]", "[]")) {
      lab.merge(map, Part.MAIN, "{'metadata':{'managedFields':" + reset + "}}");
      assertThat(owners(lab.get(map))).isEmpty();
      lab.merge(map, Part.MAIN, "{'data':{'z" + reset.length() + "':'1'}}");
      assertThat(owners(lab.get(map))).isEmpty();
      ObjectNode after = applyMap("me", false, ",'data':{'a':'1'}");
      assertThat(owners(after)).contains("me Apply").contains("before-first-apply Update");
    }
  }

  @Test
  void managedFieldsThatCannotBeReadAreNotTaken() {
    applyMap("me", false, ",'data':{'a':'1'}");
    String before = owners(lab.get(map));

    lab.merge(
        map, Part.MAIN, "{'metadata':{'managedFields':[{'manager':'x','operation':'Steal'}]}}");
    lab.merge(map, Part.MAIN, "{'metadata':{'managedFields':null}}");

    assertThat(owners(lab.get(map))).isEqualTo(before);
  }

  @Test
  void elevenUpdatersBecomeTen() {
    applyMap("me", false, ",'data':{'a':'1'}");
    for (int i = 10; i < 22; i++) {
      lab.service
          .patches()
          .patch(
              map,
              Part.MAIN,
              "application/merge-patch+json",
              ("{\"data\":{\"k" + i + "\":\"1\"}}").getBytes(StandardCharsets.UTF_8),
              new WriteOptions(false, FieldValidation.WARN, lab.warnings::add, "m" + i, false));
    }

    List<ObjectNode> entries = Trees.objects(lab.get(map), "metadata", "managedFields");
    assertThat(entries).hasSize(11);
    assertThat(owners(lab.get(map)))
        .contains("ancient-changes Update {'f:data':{'f:k10':{},'f:k11':{},'f:k12':{}}}");
  }

  @Test
  void kubectlTakesOverFromItsClientSideApply() {
    lab.service
        .writer()
        .create(
            lab.target("", "configmaps", "default", ""),
            new dev.cocolab.apiserver.codec.DecodedBody(
                ServiceFixture.json(
                    "{'metadata':{'name':'m','annotations':{"
                        + "'kubectl.kubernetes.io/last-applied-configuration':"
                        + "'{\\'apiVersion\\':\\'v1\\',\\'data\\':{\\'a\\':\\'1\\'},\\'kind\\':"
                        + "\\'ConfigMap\\',\\'metadata\\':{\\'name\\':\\'m\\'}}'}},'data':{'a':'1'}}"),
                List.of()),
            new WriteOptions(
                false,
                FieldValidation.WARN,
                lab.warnings::add,
                "kubectl-client-side-apply",
                false));

    ObjectNode after = applyMap("kubectl", false, ",'data':{'a':'2'}");

    assertThat(Trees.textOrEmpty(after, "data", "a")).isEqualTo("2");
    assertThat(
            Trees.textOrEmpty(
                after,
                "metadata",
                "annotations",
                "kubectl.kubernetes.io/last-applied-configuration"))
        .isEqualTo(
            "{\"apiVersion\":\"v1\",\"data\":{\"a\":\"2\"},\"kind\":\"ConfigMap\","
                + "\"metadata\":{\"name\":\"m\"}}\n");
    assertThat(refusal(() -> applyMap("other", false, ",'data':{'a':'3'}")).reason())
        .isEqualTo(Reason.CONFLICT);
  }

  @Test
  void dryRunStoresNothing() {
    WriteOptions dry =
        new WriteOptions(true, FieldValidation.STRICT, lab.warnings::add, "me", false);
    byte[] config =
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {a: '1'}}"
            .getBytes(StandardCharsets.UTF_8);

    assertThat(lab.service.applies().apply(map, Part.MAIN, config, dry).created()).isTrue();
    assertThat(refusal(() -> lab.get(map)).reason()).isEqualTo(Reason.NOT_FOUND);
    applyMap("me", false, ",'data':{'a':'0'}");
    lab.service.applies().apply(map, Part.MAIN, config, dry);
    assertThat(Trees.textOrEmpty(lab.get(map), "data", "a")).isEqualTo("0");
  }

  @Test
  void fieldsThatTheKindDoesNotHaveAreNamed() {
    ApiException refusal =
        refusal(
            () ->
                applyDeployment(
                    "me", false, "{'template':{'spec':{'containers':[{'name':'a','imag':'x'}]}}}"));

    assertThat(refusal)
        .hasMessage(
            "failed to create typed patch object (/d; apps/v1, Kind=Deployment):"
                + " .spec.template.spec.containers[name=\"a\"].imag: field not declared in schema");
    assertThat(refusal.code()).isEqualTo(500);
    assertThat(refusal.status().has("reason")).isFalse();
  }

  @Test
  void elementsWithTheSameKeyAreRefused() {
    assertThat(
            refusal(
                () ->
                    applyDeployment(
                        "me",
                        false,
                        "{'template':{'spec':{'containers':[{'name':'a'},{'name':'a'}]}}}")))
        .hasMessageEndingWith(
            ".spec.template.spec.containers: duplicate entries for key [name=\"a\"]");
    assertThat(
            refusal(
                () ->
                    applyDeployment(
                        "me", false, "{'template':{'spec':{'containers':[{'image':'a'}]}}}")))
        .hasMessageEndingWith(
            ".spec.template.spec.containers: element 0: associative list with keys has an element"
                + " that omits key field \"name\" (and doesn't have default value)");
  }

  @Test
  void anotherVersionOfTheObjectIsAConflict() {
    applyMap("me", false, ",'data':{'a':'1'}");

    assertThatThrownBy(
            () ->
                apply(
                    map,
                    Part.MAIN,
                    "me",
                    false,
                    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m',"
                        + "'resourceVersion':'1'},'data':{'a':'2'}}"))
        .hasMessageContaining("the object has been modified");
  }

  @Test
  void namesKindsAndManagedFieldsAreChecked() {
    assertThat(refusal(() -> apply(map, Part.MAIN, "me", false, "{}")))
        .hasMessageStartingWith("invalid object type");
    assertThat(
            refusal(
                () ->
                    apply(
                        map,
                        Part.MAIN,
                        "me",
                        false,
                        "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'generateName':'m-'}}")))
        .hasMessage("name must be provided");
    assertThat(refusal(() -> applyMap("me", false, ",'metadata':{'name':'m','managedFields':[]}")))
        .hasMessage("metadata.managedFields must be nil");
    assertThat(refusal(() -> applyMap("me", false, ",'data':{'a':'1'},'data':{'a':'1'}")))
        .hasMessageContaining("key \"data\" already set in map");
  }
}
