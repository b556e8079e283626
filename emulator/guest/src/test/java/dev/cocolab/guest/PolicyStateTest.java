package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** JSON patches (RFC 6902) to what a policy remembers. */
class PolicyStateTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String START =
      "[{'op':'add','path':'/pstate','value':{'a':1,'l':[1,2],'x/y':{'~':0}}}]";

  private static JsonNode json(String text) {
    return JSON.readTree(text.replace('\'', '"'));
  }

  private static PolicyState state() {
    PolicyState state = new PolicyState();
    state.apply(json(START));
    return state;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'op':'add','path':'/pstate/b','value':2} | {'a':1,'l':[1,2],'x/y':{'~':0},'b':2}",
        "{'op':'add','path':'/pstate/l/0','value':0} | {'a':1,'l':[0,1,2],'x/y':{'~':0}}",
        "{'op':'add','path':'/pstate/l/-','value':3} | {'a':1,'l':[1,2,3],'x/y':{'~':0}}",
        "{'op':'remove','path':'/pstate/l/1'} | {'a':1,'l':[1],'x/y':{'~':0}}",
        "{'op':'remove','path':'/pstate/x~1y/~0'} | {'a':1,'l':[1,2],'x/y':{}}",
        "{'op':'replace','path':'/pstate/l/0','value':null} | {'a':1,'l':[null,2],'x/y':{'~':0}}",
        "{'op':'move','from':'/pstate/a','path':'/pstate/l/1'} | {'l':[1,1,2],'x/y':{'~':0}}",
        "{'op':'copy','from':'/pstate/x~1y','path':'/pstate/a'} | {'a':{'~':0},'l':[1,2],'x/y':{'~':0}}",
        "{'op':'test','path':'/pstate/a','value':1} | {'a':1,'l':[1,2],'x/y':{'~':0}}",
      })
  void operationsChangeTheDocument(String operation, String after) {
    PolicyState state = state();
    state.apply(json("[" + operation + "]"));
    assertThat(state.data().path("pstate")).isEqualTo(json(after));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'op':'add','path':'/none/b','value':2} | '/none/b': path is invalid",
        "{'op':'add','path':'/pstate/l/3','value':2} | path is invalid",
        "{'op':'add','path':'/pstate/l/01','value':2} | path is invalid",
        "{'op':'add','path':'/pstate/b'} | missing field `value`",
        "{'op':'add','path':'pstate','value':2} | json pointer failed to parse",
        "{'op':'remove','path':'/pstate/b'} | path is invalid",
        "{'op':'remove','path':'/pstate/l/-'} | path is invalid",
        "{'op':'copy','from':'/pstate/l/-','path':'/pstate/b'} | path is invalid",
        "{'op':'copy','path':'/pstate/b'} | missing field",
        "{'op':'add','path':'/pstate/~','value':1} | json pointer failed to parse",
        "{'op':'move','from':'/pstate','path':'/pstate/b'} | path is invalid",
        "{'op':'remove','path':''} | the whole document cannot be removed",
        "{'op':'replace','path':'/pstate/b','value':2} | path is invalid",
        "{'op':'move','from':'/pstate/b','path':'/c'} | path is invalid",
        "{'op':'test','path':'/pstate/a','value':2} | value did not match",
        "{'op':'turn','path':'/pstate/a'} | unknown operation turn",
        "5 | unknown operation",
      })
  void whatCannotBeAppliedChangesNothing(String operation, String reason) {
    PolicyState state = state();
    JsonNode before = state.data();
    JsonNode patch = json("[{'op':'add','path':'/new','value':1}," + operation + "]");

    assertThatThrownBy(() -> state.apply(patch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("operation '/1' failed at path '")
        .hasMessageContaining(reason);
    assertThat(state.data()).isEqualTo(before);
  }

  @Test
  void bothOperationsAndStateAreBounded() {
    ArrayNode many = JSON.createArrayNode();
    for (int i = 0; i < 1001; i++) {
      many.addObject().put("op", "test").put("path", "/pstate");
    }
    assertThatThrownBy(() -> state().apply(many)).hasMessageContaining("at most 1000");
    ArrayNode large = JSON.createArrayNode();
    large.addObject().put("op", "add").put("path", "/x").put("value", "x".repeat(1 << 20));
    assertThatThrownBy(() -> state().apply(large)).hasMessageContaining("would be longer");
    ArrayNode doubling = JSON.createArrayNode();
    for (int i = 0; i < 60; i++) {
      doubling.addObject().put("op", "copy").put("from", "/pstate").put("path", "/pstate/copy" + i);
    }
    assertThatThrownBy(() -> state().apply(doubling)).hasMessageContaining("would be longer");
    assertThatThrownBy(() -> state().apply(json("{}"))).hasMessageContaining("a sequence");
  }

  @Test
  void copiesAreMeasuredWhereTheyAreMade() {
    ArrayNode patch = JSON.createArrayNode();
    for (String key : List.of("/~1", "/~01")) {
      patch.addObject().put("op", "add").put("path", key).putObject("value");
      patch.addObject().put("op", "add").put("path", key + "/t").put("value", "x".repeat(1000));
      for (int i = 0; i < 60; i++) {
        patch.addObject().put("op", "copy").put("from", key).put("path", key + "/c" + i);
      }
    }
    assertThatThrownBy(() -> state().apply(patch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("would be longer");
  }

  @Test
  void aCopyOfWhatOnlyDoubleUnescapingFindsIsRefused() {
    assertThatThrownBy(
            () ->
                state()
                    .apply(
                        json(
                            "[{'op':'add','path':'/~1','value':{}},"
                                + "{'op':'copy','from':'/~01','path':'/~1/c'}]")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("path is invalid");
  }

  @Test
  void aStateOfTooManyLevelsIsRefused() {
    ArrayNode patch = JSON.createArrayNode();
    for (int i = 1; i <= 600; i++) {
      patch.addObject().put("op", "add").put("path", "/a".repeat(i)).putObject("value");
    }
    PolicyState state = state();
    assertThatThrownBy(() -> state.apply(patch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the state would have too many levels");
    patch.addObject().put("op", "copy").put("from", "/a").put("path", "/b");
    assertThatThrownBy(() -> state.apply(patch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many levels");
    assertThat(state.data().has("a")).isFalse();
  }

  @Property(tries = 200)
  void whatIsAddedIsWhereThePointerPoints(
      @ForAll("tokens") String token, @ForAll("tokens") String inner) {
    PolicyState state = state();
    String path = "/pstate/" + token;
    state.apply(
        JSON.createArrayNode()
            .add(
                JSON.createObjectNode().put("op", "add").put("path", path).set("value", json("{}")))
            .add(
                JSON.createObjectNode()
                    .put("op", "add")
                    .put("path", path + "/" + inner)
                    .put("value", 7)));
    assertThat(state.data().at(path + "/" + inner).asInt()).isEqualTo(7);
    assertThat(state.data().path("pstate").path(token.replace("~1", "/").replace("~0", "~")))
        .hasSize(1);
    ArrayNode removal = JSON.createArrayNode();
    removal.addObject().put("op", "remove").put("path", path + "/" + inner);
    state.apply(removal);
    assertThat(state.data().at(path)).isEmpty();
  }

  @Provide
  Arbitrary<String> tokens() {
    return Arbitraries.of("~0", "~1", "0", "1", "-", "a", "")
        .list()
        .ofMaxSize(4)
        .map(parts -> String.join("", parts));
  }

  @Property(tries = 200)
  void anyPathIsAppliedOrRefused(
      @ForAll @Size(max = 4) List<@StringLength(max = 4) String> steps,
      @ForAll("operations") String op) {
    PolicyState state = state();
    JsonNode before = state.data().deepCopy();
    ArrayNode patch = JSON.createArrayNode();
    String path = "/" + String.join("/", steps);
    patch.addObject().put("op", op).put("path", path).put("from", "/pstate/l").put("value", 1);
    try {
      state.apply(patch);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("operation '/0' failed at path '");
      assertThat(state.data()).isEqualTo(before);
    }
  }

  @Provide
  Arbitrary<String> operations() {
    return Arbitraries.of("add", "remove", "replace", "move", "copy", "test");
  }
}
