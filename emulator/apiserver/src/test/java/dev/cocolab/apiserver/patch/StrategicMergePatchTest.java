package dev.cocolab.apiserver.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.schema.ApiTypes;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class StrategicMergePatchTest {
  private static final String POD =
      "{'metadata':{'labels':{'a':'1'},'finalizers':['x','y']},'spec':{'containers':[{'name':'one','image':'i:1','env':["
          + "{'name':'A','value':'1'},{'name':'B','value':'2'}],'args':['p']},{'name':'two','image':'i:2'}],"
          + "'volumes':[{'name':'v','secret':{'secretName':'s'}}]}}";

  private final StrategicMergePatch patches = new StrategicMergePatch(ApiTypes.load());

  private static ObjectNode json(String text) {
    return (ObjectNode) Trees.MAPPER.readTree(text.replace('\'', '"'));
  }

  private JsonNode patched(String patch, String... path) {
    return Trees.at(patches.apply(json(POD), json(patch), "core/v1.Pod"), path);
  }

  private static JsonNode node(String text) {
    return Trees.MAPPER.readTree(text.replace('\'', '"'));
  }

  @Test
  void mergesContainersByName() {
    JsonNode containers =
        patched("{'spec':{'containers':[{'name':'two','image':'i:9'}]}}", "spec", "containers");

    assertThat(containers).hasSize(2);
    assertThat(containers.get(0).path("image").stringValue()).isEqualTo("i:1");
    assertThat(containers.get(1).path("image").stringValue()).isEqualTo("i:9");
  }

  @Test
  void mergesNestedListsByTheirOwnKeys() {
    JsonNode env =
        patched(
                "{'spec':{'containers':[{'name':'one','env':[{'name':'B','value':'3'},{'name':'C','value':'4'}]}]}}",
                "spec",
                "containers")
            .get(0)
            .path("env");

    assertThat(env)
        .isEqualTo(
            node("[{'name':'A','value':'1'},{'name':'B','value':'3'},{'name':'C','value':'4'}]"));
  }

  @Test
  void replacesListsWithoutAMergeKey() {
    assertThat(
            patched(
                    "{'spec':{'containers':[{'name':'one','args':['q','r']}]}}",
                    "spec",
                    "containers")
                .get(0)
                .path("args"))
        .isEqualTo(node("['q','r']"));
  }

  @Test
  void deletesAListElement() {
    assertThat(
            patched(
                "{'spec':{'containers':[{'$patch':'delete','name':'one'}]}}", "spec", "containers"))
        .isEqualTo(node("[{'name':'two','image':'i:2'}]"));
  }

  @Test
  void replacesAWholeList() {
    assertThat(
            patched(
                "{'spec':{'containers':[{'$patch':'replace'},{'name':'three','image':'i'}]}}",
                "spec",
                "containers"))
        .isEqualTo(node("[{'name':'three','image':'i'}]"));
  }

  @Test
  void replacesAMap() {
    assertThat(
            patched("{'metadata':{'labels':{'$patch':'replace','z':'1'}}}", "metadata", "labels"))
        .isEqualTo(node("{'z':'1'}"));
  }

  @Test
  void ordersElementsAsAsked() {
    JsonNode containers =
        patched(
            "{'spec':{'$setElementOrder/containers':[{'name':'two'},{'name':'new'},{'name':'one'}],"
                + "'containers':[{'name':'new','image':'n'}]}}",
            "spec",
            "containers");

    assertThat(containers.valueStream().map(c -> c.path("name").stringValue()))
        .containsExactly("two", "new", "one");
  }

  @Test
  void mergesAndDeletesPlainValues() {
    assertThat(patched("{'metadata':{'finalizers':['z','x']}}", "metadata", "finalizers"))
        .isEqualTo(node("['z','x','y']"));
    assertThat(
            patched(
                "{'metadata':{'$deleteFromPrimitiveList/finalizers':['x']}}",
                "metadata",
                "finalizers"))
        .isEqualTo(node("['y']"));
  }

  @Test
  void keepsOnlyRetainedKeys() {
    assertThat(
            patched(
                "{'spec':{'volumes':[{'$retainKeys':['name','emptyDir'],'name':'v','emptyDir':{}}]}}",
                "spec",
                "volumes"))
        .isEqualTo(node("[{'name':'v','emptyDir':{}}]"));
  }

  @Test
  void nullDeletes() {
    assertThat(patched("{'metadata':{'labels':{'a':null}}}", "metadata", "labels")).isEmpty();
  }

  @Test
  void anElementWithoutItsKeyIsRefused() {
    assertThatThrownBy(() -> patched("{'spec':{'containers':[{'image':'x'}]}}"))
        .isInstanceOf(PatchRefused.class)
        .hasMessageContaining("does not contain declared merge key: name");
  }

  @Test
  void anUnknownDirectiveIsRefused() {
    assertThatThrownBy(() -> patched("{'spec':{'$fly':true}}"))
        .isInstanceOfSatisfying(PatchRefused.class, e -> assertThat(e.isMalformed()).isTrue());
    assertThatThrownBy(() -> patched("{'spec':{'$patch':'fly'}}"))
        .hasMessageContaining("Unknown patch type");
  }

  @Test
  void elementsBetweenThoseThatAreOrderedKeepTheirPlace() {
    ObjectNode target = json("{'metadata':{'finalizers':['p','a','q','b','r']}}");
    ObjectNode patch =
        json("{'metadata':{'$setElementOrder/finalizers':['b','a'],'finalizers':['b']}}");

    assertThat(patches.apply(target, patch, "core/v1.Pod").at("/metadata/finalizers"))
        .isEqualTo(node("['p','b','r','a','q']"));
  }

  @Test
  void allElementsOfAKeyAreDeletedAndItMayComeAgain() {
    ObjectNode target =
        json("{'spec':{'containers':[{'name':'a','image':'1'},{'name':'b'},{'name':'a'}]}}");
    ObjectNode patch =
        json("{'spec':{'containers':[{'name':'a','$patch':'delete'},{'name':'a','image':'2'}]}}");

    assertThat(patches.apply(target, patch, "core/v1.Pod").at("/spec/containers"))
        .isEqualTo(node("[{'name':'a','image':'2'},{'name':'b'}]"));
  }

  @Test
  void longListsTakeNoTime() {
    ObjectNode target = json("{'metadata':{'finalizers':['first']},'spec':{'containers':[]}}");
    ObjectNode patch = json("{'metadata':{'finalizers':[]},'spec':{'containers':[]}}");
    ObjectNode metadata = (ObjectNode) patch.path("metadata");
    ArrayNode order = metadata.putArray("$setElementOrder/finalizers");
    for (int i = 60_000; i > 0; i--) {
      ((ArrayNode) metadata.path("finalizers")).add("f" + i);
      order.add("f" + (60_001 - i));
      ((ArrayNode) patch.at("/spec/containers")).addObject().put("name", "c" + i);
    }

    JsonNode after =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> patches.apply(target, patch, "core/v1.Pod"));

    assertThat(after.at("/metadata/finalizers")).hasSize(60_001);
    assertThat(after.at("/metadata/finalizers/0").asString()).isEqualTo("f1");
    assertThat(after.at("/spec/containers")).hasSize(60_000);
  }

  @Test
  void theTargetStaysAsItIs() {
    ObjectNode target = json(POD);

    patches.apply(
        target, json("{'spec':{'containers':[{'name':'one','image':'other'}]}}"), "core/v1.Pod");

    assertThat(target).isEqualTo(json(POD));
  }
}
