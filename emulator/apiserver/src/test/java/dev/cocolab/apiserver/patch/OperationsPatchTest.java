package dev.cocolab.apiserver.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.cocolab.apiserver.json.Trees;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class OperationsPatchTest {
  private static final JsonNode TARGET =
      Trees.MAPPER.readTree("{\"spec\":{\"list\":[\"a\"],\"size\":1},\"x/y\":2}");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[{\"op\":\"add\",\"path\":\"/spec/list/-\",\"value\":\"b\"}] | {\"spec\":{\"list\":[\"a\",\"b\"],\"size\":1},\"x/y\":2}",
        "[{\"op\":\"replace\",\"path\":\"/spec/size\",\"value\":5}] | {\"spec\":{\"list\":[\"a\"],\"size\":5},\"x/y\":2}",
        "[{\"op\":\"remove\",\"path\":\"/x~1y\"}] | {\"spec\":{\"list\":[\"a\"],\"size\":1}}",
        "[{\"op\":\"test\",\"path\":\"/spec/size\",\"value\":1},{\"op\":\"remove\",\"path\":\"/spec\"}] | {\"x/y\":2}",
        "[{\"op\":\"copy\",\"from\":\"/spec/size\",\"path\":\"/n\"}] | {\"spec\":{\"list\":[\"a\"],\"size\":1},\"x/y\":2,\"n\":1}",
        "[{\"op\":\"move\",\"from\":\"/spec\",\"path\":\"/t\"}] | {\"x/y\":2,\"t\":{\"list\":[\"a\"],\"size\":1}}"
      })
  void appliesOperations(String patch, String expected) {
    assertThat(OperationsPatch.apply(TARGET, Trees.MAPPER.readTree(patch)))
        .isEqualTo(Trees.MAPPER.readTree(expected));
  }

  @Test
  void copiesThatMakeAnObjectHugeDoNotFit() {
    ObjectNode target = Trees.object();
    target.putObject("a").put("text", "x".repeat(1000));
    ArrayNode doubling = Trees.array();
    for (int i = 0; i < 64; i++) {
      doubling.addObject().put("op", "copy").put("from", "/a").put("path", "/a/" + i);
    }

    assertThatThrownBy(() -> OperationsPatch.apply(target, doubling))
        .isInstanceOfSatisfying(PatchRefused.class, e -> assertThat(e.isMalformed()).isFalse())
        .hasMessageMatching(
            "Unable to complete the copy, the accumulated size increase of copy is \\d+, exceeding"
                + " the limit 3145728");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/~1", "/~01", "/~0"})
  void copiesBelowAnEscapedKeyAreMeasured(String key) {
    ArrayNode patch = Trees.array();
    patch.addObject().put("op", "add").put("path", key).putObject("value");
    patch.addObject().put("op", "add").put("path", key + "/t").put("value", "x".repeat(1000));
    for (int i = 0; i < 60; i++) {
      patch.addObject().put("op", "copy").put("from", key).put("path", key + "/c" + i);
    }

    assertThatThrownBy(() -> OperationsPatch.apply(Trees.object(), patch))
        .isInstanceOfSatisfying(PatchRefused.class, e -> assertThat(e.isMalformed()).isFalse())
        .hasMessageStartingWith("Unable to complete the copy");
  }

  @ParameterizedTest
  @CsvSource({"/~01,~1", "/~1,/", "/~0,~", "/~001,~01", "/,''", "/-,-"})
  void whatIsAddedIsWhereThePointerPoints(String pointer, String key) {
    ArrayNode patch = Trees.array();
    patch.addObject().put("op", "add").put("path", pointer).put("value", 1);

    JsonNode patched = OperationsPatch.apply(Trees.object(), patch);

    assertThat(patched).isEqualTo(Trees.object().put(key, 1));
    assertThat(patched.at(pointer).asInt()).isEqualTo(1);
  }

  @Test
  void manyOperationsOnALargeObjectTakeNoTime() {
    ObjectNode target = Trees.object();
    ObjectNode data = target.putObject("data");
    for (int i = 0; i < 20_000; i++) {
      data.put("k" + i, "v");
    }
    ArrayNode patch = Trees.array();
    for (int i = 0; i < 10_000; i++) {
      patch.addObject().put("op", "add").put("path", "/data/n" + i).put("value", "v");
    }

    JsonNode patched =
        assertTimeoutPreemptively(
            Duration.ofSeconds(5), () -> OperationsPatch.apply(target, patch));

    assertThat(patched.path("data")).hasSize(30_000);
    assertThat(target.path("data")).as("the target stays as it is").hasSize(20_000);
  }

  @Test
  void aFailingTestDoesNotFit() {
    assertThatThrownBy(
            () ->
                OperationsPatch.apply(
                    TARGET,
                    Trees.MAPPER.readTree(
                        "[{\"op\":\"test\",\"path\":\"/spec/size\",\"value\":7}]")))
        .isInstanceOfSatisfying(PatchRefused.class, e -> assertThat(e.isMalformed()).isFalse())
        .hasMessage("testing value /spec/size failed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"op\":\"remove\",\"path\":\"/spec/none\"}]",
        "[{\"op\":\"replace\",\"path\":\"/none/size\",\"value\":1}]",
        "[{\"op\":\"add\",\"path\":\"/spec/list/7\",\"value\":1}]",
        "[{\"op\":\"add\",\"path\":\"/spec/size/x\",\"value\":1}]",
        "[{\"op\":\"copy\",\"from\":\"/none\",\"path\":\"/n\"}]",
        "[{\"op\":\"test\",\"path\":\"/none\",\"value\":1}]",
        "[{\"op\":\"remove\",\"path\":\"/spec/list/-\"}]",
        "[{\"op\":\"copy\",\"from\":\"/spec/list/-\",\"path\":\"/n\"}]",
        "[{\"op\":\"copy\",\"from\":\"/x~01y\",\"path\":\"/n\"}]",
        "[{\"op\":\"move\",\"from\":\"/spec\",\"path\":\"/spec/n\"}]",
        "[{\"op\":\"remove\",\"path\":\"\"}]"
      })
  void anOperationOnWhatIsNotThereDoesNotFit(String patch) {
    assertThatThrownBy(() -> OperationsPatch.apply(TARGET, Trees.MAPPER.readTree(patch)))
        .isInstanceOfSatisfying(PatchRefused.class, e -> assertThat(e.isMalformed()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[{\"op\":\"add\",\"path\":\"/a\"}]",
        "[{\"op\":\"add\",\"path\":\"a\",\"value\":1}]",
        "[{\"op\":\"move\",\"path\":\"/a\"}]",
        "[{\"op\":\"add\",\"path\":\"/a~\",\"value\":1}]"
      })
  void whatIsNoPatchIsMalformed(String patch) {
    assertThatThrownBy(() -> OperationsPatch.apply(TARGET, Trees.MAPPER.readTree(patch)))
        .isInstanceOfSatisfying(PatchRefused.class, e -> assertThat(e.isMalformed()).isTrue());
  }

  /** A real server reads them and cannot apply them: 422, not 400. */
  @ParameterizedTest
  @ValueSource(strings = {"[1]", "[{\"op\":\"fly\",\"path\":\"/a\"}]"})
  void anOperationThatIsNoneDoesNotFitTheObject(String patch) {
    assertThatThrownBy(() -> OperationsPatch.apply(TARGET, Trees.MAPPER.readTree(patch)))
        .isInstanceOfSatisfying(PatchRefused.class, e -> assertThat(e.isMalformed()).isFalse())
        .hasMessageContaining("Unexpected kind: ");
  }
}
