package dev.cocolab.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.status.Reason;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ServerSideApplyTest extends ApplyFixture {
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
}
