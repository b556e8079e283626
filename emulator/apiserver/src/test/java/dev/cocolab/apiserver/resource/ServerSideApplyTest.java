package dev.cocolab.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.status.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ServerSideApplyTest {
  private final ServiceFixture lab = new ServiceFixture();
  private final Target map = lab.target("", "configmaps", "default", "m");
  private final Target deployment = lab.target("apps", "deployments", "default", "d");

  private Applies.Applied apply(
      Target target, Part part, String manager, boolean force, String config) {
    return lab.service
        .applies()
        .apply(
            target,
            part,
            config.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
            new WriteOptions(false, FieldValidation.STRICT, lab.warnings::add, manager, force));
  }

  private ObjectNode applyMap(String manager, boolean force, String more) {
    return apply(
            map,
            Part.MAIN,
            manager,
            force,
            "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'}" + more + "}")
        .object();
  }

  private ObjectNode applyDeployment(String manager, boolean force, String spec) {
    return apply(
            deployment,
            Part.MAIN,
            manager,
            force,
            "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':"
                + spec
                + "}")
        .object();
  }

  private static String owners(ObjectNode object) {
    StringBuilder text = new StringBuilder();
    for (ObjectNode entry : Trees.objects(object, "metadata", "managedFields")) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(Trees.textOrEmpty(entry, "manager"))
          .append(' ')
          .append(Trees.textOrEmpty(entry, "operation"));
      Trees.text(entry, "subresource").ifPresent(part -> text.append('/').append(part));
      text.append(' ').append(entry.path("fieldsV1").toString().replace('"', '\''));
    }
    return text.toString();
  }

  private static ApiException refusal(Runnable call) {
    try {
      call.run();
    } catch (ApiException e) {
      return e;
    }
    throw new AssertionError("the call was not refused");
  }

  @Test
  void applyMakesWhatIsNotThere() {
    Applies.Applied first =
        apply(
            map,
            Part.MAIN,
            "me",
            false,
            "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'a':'1'}}");

    assertThat(first.created()).isTrue();
    assertThat(owners(first.object())).isEqualTo("me Apply {'f:data':{'f:a':{}}}");
    assertThat(Trees.textOrEmpty(first.object(), "metadata", "uid")).isNotEmpty();
    JsonNode entry = Trees.at(first.object(), "metadata", "managedFields").get(0);
    assertThat(Trees.textOrEmpty(entry, "time")).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(Trees.textOrEmpty(entry, "apiVersion")).isEqualTo("v1");
    assertThat(Trees.textOrEmpty(entry, "fieldsType")).isEqualTo("FieldsV1");
  }

  @Test
  void aSecondApplyOfTheSameChangesNothing() {
    ObjectNode first = applyMap("me", false, ",'data':{'a':'1'}");
    ObjectNode second = applyMap("me", false, ",'data':{'a':'1'}");

    assertThat(second).isEqualTo(first);
  }

  @Test
  void whatIsNoLongerAppliedGoes() {
    applyMap("me", false, ",'data':{'a':'1','b':'2'}");
    ObjectNode after = applyMap("me", false, ",'data':{'b':'2'}");

    assertThat(after.path("data").toString()).isEqualTo("{\"b\":\"2\"}");
    assertThat(owners(after)).isEqualTo("me Apply {'f:data':{'f:b':{}}}");
  }

  @Test
  void theLastEntryOfAMapGoesToo() {
    applyMap("me", false, ",'data':{'a':'1'}");
    ObjectNode after = applyMap("me", false, "");

    assertThat(after.has("data")).isFalse();
    assertThat(owners(after)).isEmpty();
  }

  @Test
  void whatOthersOwnTooStays() {
    applyMap("me", false, ",'data':{'a':'1','b':'2'}");
    applyMap("you", false, ",'data':{'a':'1'}");
    ObjectNode after = applyMap("me", false, ",'data':{'b':'2'}");

    assertThat(after.path("data").toString()).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
    assertThat(owners(after))
        .isEqualTo("you Apply {'f:data':{'f:a':{}}}; me Apply {'f:data':{'f:b':{}}}");
  }

  @Test
  void anotherValueForAFieldOfSomebodyElseIsAConflict() {
    lab.create(
        lab.target("", "configmaps", "default", ""), "{'metadata':{'name':'m'},'data':{'a':'1'}}");

    ApiException refusal = refusal(() -> applyMap("me", false, ",'data':{'a':'2'}"));

    assertThat(refusal.reason()).isEqualTo(Reason.CONFLICT);
    assertThat(refusal.code()).isEqualTo(409);
    assertThat(refusal)
        .hasMessage("Apply failed with 1 conflict: conflict with \"test\" using v1: .data.a");
    assertThat(refusal.causes())
        .containsExactly(
            new Cause("FieldManagerConflict", "conflict with \"test\" using v1", ".data.a"));
    assertThat(Trees.textOrEmpty(lab.get(map), "data", "a")).isEqualTo("1");
  }

  @Test
  void severalConflictsAreToldByManager() {
    applyMap("you", false, ",'data':{'a':'1','b':'1'}");
    lab.merge(map, Part.MAIN, "{'data':{'c':'1'}}");

    ApiException refusal =
        refusal(() -> applyMap("me", false, ",'data':{'a':'2','b':'2','c':'2'}"));

    assertThat(refusal)
        .hasMessage(
            """
            Apply failed with 3 conflicts: conflicts with "test" using v1:
            - .data.c
            conflicts with "you":
            - .data.a
            - .data.b""");
  }

  @Test
  void forceTakesTheFields() {
    applyMap("you", false, ",'data':{'a':'1','b':'1'}");
    ObjectNode after = applyMap("me", true, ",'data':{'a':'2'}");

    assertThat(after.path("data").toString()).isEqualTo("{\"a\":\"2\",\"b\":\"1\"}");
    assertThat(owners(after))
        .isEqualTo("me Apply {'f:data':{'f:a':{}}}; you Apply {'f:data':{'f:b':{}}}");
  }

  @Test
  void aListWithKeysHasOwnersByElement() {
    applyDeployment(
        "me",
        false,
        "{'selector':{'matchLabels':{'app':'d'}},'template':{'metadata':{'labels':{'app':'d'}},"
            + "'spec':{'containers':[{'name':'a','image':'i:1','ports':[{'containerPort':80}]}]}}}");
    ObjectNode after =
        applyDeployment(
            "sidecars", false, "{'template':{'spec':{'containers':[{'name':'b','image':'s:1'}]}}}");

    assertThat(
            Trees.objects(after, "spec", "template", "spec", "containers").stream()
                .map(container -> Trees.textOrEmpty(container, "name")))
        .containsExactly("a", "b");
    assertThat(owners(after))
        .contains(
            "k:{\\'containerPort\\':80,\\'protocol\\':\\'TCP\\'}':{'.':{},'f:containerPort':{}}")
        .contains(
            "sidecars Apply {'f:spec':{'f:template':{'f:spec':{'f:containers':"
                + "{'k:{\\'name\\':\\'b\\'}':{'.':{},'f:image':{},'f:name':{}}}}}}}")
        .contains("'f:selector':{}");
    ObjectNode without = applyDeployment("sidecars", false, "{}");
    assertThat(Trees.objects(without, "spec", "template", "spec", "containers")).hasSize(1);
  }

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
