package dev.cocolab.apiserver.resource;

import static dev.cocolab.apiserver.resource.ServiceFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceReader.ListQuery;
import dev.cocolab.apiserver.resource.ResourceReader.Page;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.resource.WriteOptions.FieldValidation;
import dev.cocolab.apiserver.selector.FieldSelector;
import dev.cocolab.apiserver.selector.LabelSelector;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ResourceServiceTest {
  private final ServiceFixture lab = new ServiceFixture();

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessage(message);
  }

  @Test
  void aNewObjectGetsIdentityAndTime() {
    ObjectNode created =
        lab.create(lab.target("", "configmaps", "default", ""), "{'metadata':{'name':'m'}}");

    assertThat(Trees.textOrEmpty(created, "metadata", "uid")).matches("[0-9a-f-]{36}");
    assertThat(Trees.textOrEmpty(created, "metadata", "creationTimestamp"))
        .isEqualTo("2026-03-01T10:00:00Z");
    assertThat(Trees.textOrEmpty(created, "kind")).isEqualTo("ConfigMap");
    assertThat(Trees.textOrEmpty(created, "apiVersion")).isEqualTo("v1");
  }

  @Test
  void generatesNames() {
    ObjectNode created =
        lab.create(
            lab.target("", "configmaps", "default", ""), "{'metadata':{'generateName':'gen-'}}");

    assertThat(Trees.textOrEmpty(created, "metadata", "name")).matches("gen-[a-z0-9]{5}");
  }

  @Test
  void errorsSayWhatAServerSays() {
    Target maps = lab.target("", "configmaps", "default", "");
    lab.create(maps, "{'metadata':{'name':'m'}}");

    assertRefused(
        () -> lab.create(maps, "{'metadata':{'name':'m'}}"),
        Reason.ALREADY_EXISTS,
        "configmaps \"m\" already exists");
    assertRefused(
        () -> lab.get(lab.target("apps", "deployments", "default", "d")),
        Reason.NOT_FOUND,
        "deployments.apps \"d\" not found");
    assertRefused(
        () -> lab.create(lab.target("", "configmaps", "nowhere", ""), "{'metadata':{'name':'m'}}"),
        Reason.NOT_FOUND,
        "namespaces \"nowhere\" not found");
    assertRefused(
        () -> lab.create(maps, "{'metadata':{'name':'m','namespace':'other'}}"),
        Reason.BAD_REQUEST,
        "the namespace of the provided object does not match the namespace sent on the request");
    assertRefused(
        () -> lab.create(lab.pod(""), "{'metadata':{'name':'p'},'spec':{}}"),
        Reason.INVALID,
        "Pod \"p\" is invalid: spec.containers: Required value");
    assertRefused(
        () ->
            lab.create(maps, "{'apiVersion':'apps/v1','kind':'ConfigMap','metadata':{'name':'x'}}"),
        Reason.BAD_REQUEST,
        "the API version in the data (apps/v1) does not match the expected API version (v1)");
  }

  @Test
  void severalFindingsAreListed() {
    assertThatThrownBy(
            () ->
                lab.create(
                    lab.pod(""),
                    "{'metadata':{'name':'P_1'},'spec':{'containers':[{'name':'c'},{'name':'c','image':'i'}]}}"))
        .isInstanceOfSatisfying(
            ApiException.class,
            e ->
                assertThat(e.causes().stream().map(cause -> cause.type() + " " + cause.field()))
                    .containsExactly(
                        "FieldValueInvalid metadata.name",
                        "FieldValueRequired spec.containers[0].image",
                        "FieldValueDuplicate spec.containers[1].name"));
  }

  @Test
  void unknownFieldsAreDroppedWithAWarningOrRefused() {
    String text =
        "{'metadata':{'name':'p'},'spec':{'containerz':1,'containers':[{'name':'c','image':'i','x':2}]}}";

    assertThatThrownBy(
            () ->
                lab.service
                    .writer()
                    .create(
                        lab.pod(""),
                        new DecodedBody(json(text), List.of()),
                        lab.options(FieldValidation.STRICT)))
        .hasMessage(
            "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.containerz\", unknown"
                + " field \"spec.containers[0].x\"");

    ObjectNode created = lab.create(lab.pod(""), text);
    assertThat(created.path("spec").has("containerz")).isFalse();
    assertThat(lab.warnings)
        .containsExactly(
            "unknown field \"spec.containerz\"", "unknown field \"spec.containers[0].x\"");
  }

  @Test
  void wrongTypesAreNamed() {
    assertRefused(
        () ->
            lab.create(
                lab.target("", "configmaps", "default", ""),
                "{'metadata':{'name':'m'},'data':{'a':1}}"),
        Reason.BAD_REQUEST,
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field"
            + " ConfigMap.data of type string");
  }

  @Test
  void aStaleReplaceIsAConflictAndOneWithoutVersionIsNot() {
    Target map = lab.target("", "configmaps", "default", "m");
    ObjectNode first =
        lab.create(map.named(""), "{'metadata':{'name':'m'},'data':{'a':'1'}}").deepCopy();
    lab.merge(map, Part.MAIN, "{'data':{'a':'2'}}");

    assertRefused(
        () -> lab.replace(map, first.deepCopy().put("immutable", true)),
        Reason.CONFLICT,
        "Operation cannot be fulfilled on configmaps \"m\": the object has been modified; please apply your changes to the latest"
            + " version and try again");
    ObjectNode after = lab.replace(map, json("{'metadata':{'name':'m'},'data':{'b':'3'}}"));
    assertThat(after.path("data").toString()).isEqualTo("{\"b\":\"3\"}");
    assertThat(Trees.textOrEmpty(after, "metadata", "uid"))
        .isEqualTo(Trees.textOrEmpty(first, "metadata", "uid"));
  }

  @Test
  void aChangeThatChangesNothingIsNotWritten() {
    Target map = lab.target("", "configmaps", "default", "m");
    ObjectNode first = lab.create(map.named(""), "{'metadata':{'name':'m'},'data':{'a':'1'}}");
    long revision = lab.service.store().revision();

    lab.merge(map, Part.MAIN, "{'data':{'a':'1'}}");
    lab.replace(map, first.deepCopy());

    assertThat(lab.service.store().revision()).isEqualTo(revision);
  }

  @Test
  void aPatchDoesNotRename() {
    Target map = lab.target("", "configmaps", "default", "m");
    lab.create(map.named(""), "{'metadata':{'name':'m'}}");

    assertRefused(
        () -> lab.merge(map, Part.MAIN, "{'metadata':{'name':'other'}}"),
        Reason.BAD_REQUEST,
        "the name of the object (other) does not match the name on the URL (m)");
  }

  @Test
  void statusAndSpecificationAreChangedApart() {
    Target deployment = lab.target("apps", "deployments", "default", "d");
    lab.create(
        deployment.named(""),
        "{'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},"
            + "'spec':{'containers':[{'name':'c','image':'i'}]}}},'status':{'replicas':9}}");
    assertThat(lab.get(deployment).path("status")).isEmpty();

    ObjectNode status =
        lab.merge(deployment, Part.STATUS, "{'spec':{'replicas':5},'status':{'replicas':1}}");
    assertThat(Trees.at(status, "spec", "replicas").intValue()).isEqualTo(1);
    assertThat(Trees.at(status, "metadata", "generation").intValue()).isEqualTo(1);

    ObjectNode main =
        lab.merge(deployment, Part.MAIN, "{'spec':{'replicas':5},'status':{'replicas':7}}");
    assertThat(Trees.at(main, "status", "replicas").intValue()).isEqualTo(1);
    assertThat(Trees.at(main, "metadata", "generation").intValue()).isEqualTo(2);
  }

  @Test
  void aDeploymentWantsItsSelectorToMatchAndToStay() {
    Target deployments = lab.target("apps", "deployments", "default", "");
    String text =
        "{'metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'a':'%s'}},'template':{'metadata':{'labels':{'a':'b'}},"
            + "'spec':{'containers':[{'name':'c','image':'i'}]}}}}";

    assertThatThrownBy(() -> lab.create(deployments, text.formatted("x")))
        .hasMessageContaining("`selector` does not match template `labels`");
    lab.create(deployments, text.formatted("b"));
    assertThatThrownBy(
            () ->
                lab.merge(
                    deployments.named("d"),
                    Part.MAIN,
                    "{'spec':{'selector':{'matchLabels':{'a':'c'}},'template':{'metadata':{'labels':{'a':'c'}}}}}"))
        .hasMessageContaining(
            "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{\"a\":\"c\"},"
                + " MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable");
  }

  @Test
  void immutableSecretsStay() {
    Target secret = lab.target("", "secrets", "default", "s");
    lab.create(
        secret.named(""), "{'metadata':{'name':'s'},'immutable':true,'stringData':{'a':'hello'}}");
    assertThat(Trees.textOrEmpty(lab.get(secret), "data", "a")).isEqualTo("aGVsbG8=");
    assertThat(Trees.textOrEmpty(lab.get(secret), "type")).isEqualTo("Opaque");

    assertRefused(
        () -> lab.merge(secret, Part.MAIN, "{'data':{'a':'eA=='}}"),
        Reason.INVALID,
        "Secret \"s\" is invalid: data: Forbidden: field is immutable when `immutable` is set");
  }

  @Test
  void onlyTheImageOfARunningPodChanges() {
    lab.createPod("p");

    lab.service
        .patches()
        .patch(
            lab.pod("p"),
            Part.MAIN,
            "application/strategic-merge-patch+json",
            "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i:2\"}]}}"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
            lab.options(FieldValidation.STRICT));
    assertThatThrownBy(() -> lab.merge(lab.pod("p"), Part.MAIN, "{'spec':{'nodeName':'n'}}"))
        .hasMessageStartingWith(
            "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than");
  }

  @Test
  void aPodWithAnUnknownRuntimeClassIsRefused() {
    String text =
        "{'metadata':{'name':'k'},'spec':{'runtimeClassName':'kata-remote','containers':[{'name':'c','image':'i'}]}}";

    assertRefused(
        () -> lab.create(lab.pod(""), text),
        Reason.FORBIDDEN,
        "pods \"k\" is forbidden: pod rejected: RuntimeClass \"kata-remote\" not found");

    lab.create(
        lab.target("node.k8s.io", "runtimeclasses", "", ""),
        "{'metadata':{'name':'kata-remote'},'handler':'kata-remote','scheduling':{'nodeSelector':{'kata':'yes'}}}");
    assertThat(Trees.textOrEmpty(lab.create(lab.pod(""), text), "spec", "nodeSelector", "kata"))
        .isEqualTo("yes");
  }

  @Test
  void bindingPutsAPodOnANodeOnce() {
    lab.createPod("p");
    ObjectNode binding = json("{'target':{'kind':'Node','name':'n1'}}");

    lab.service.subresources().bind(lab.pod("p"), binding, lab.options(FieldValidation.WARN));

    assertThat(Trees.textOrEmpty(lab.get(lab.pod("p")), "spec", "nodeName")).isEqualTo("n1");
    assertRefused(
        () ->
            lab.service
                .subresources()
                .bind(lab.pod("p"), binding, lab.options(FieldValidation.WARN)),
        Reason.CONFLICT,
        "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"n1\"");
  }

  @Test
  void listsPagesOfOneRevision() {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      lab.createPod(name);
    }
    ListQuery first =
        new ListQuery(LabelSelector.EVERYTHING, FieldSelector.EVERYTHING, 2, "", "", "");
    Page one = lab.service.reader().list(lab.pod("").type(), "default", first);
    lab.delete(lab.pod("c"), "{}");
    lab.createPod("bb");
    Page two =
        lab.service
            .reader()
            .list(
                lab.pod("").type(),
                "default",
                new ListQuery(
                    LabelSelector.EVERYTHING,
                    FieldSelector.EVERYTHING,
                    2,
                    one.continueToken(),
                    "",
                    ""));

    assertThat(one.objects())
        .extracting(o -> Trees.textOrEmpty(o, "metadata", "name"))
        .containsExactly("a", "b");
    assertThat(one.remaining()).hasValue(3);
    assertThat(two.objects())
        .extracting(o -> Trees.textOrEmpty(o, "metadata", "name"))
        .containsExactly("c", "d");
    assertThat(two.revision()).isEqualTo(one.revision());
    assertRefused(
        () ->
            lab.service
                .reader()
                .list(
                    lab.pod("").type(),
                    "default",
                    new ListQuery(
                        LabelSelector.EVERYTHING, FieldSelector.EVERYTHING, 2, "junk", "", "")),
        Reason.BAD_REQUEST,
        "continue key is not valid: encoded continue token is not in the right format");
  }
}
