package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.json.Trees;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class HttpWatchTest {
  private static final String BASE = "/api/v1/namespaces/default/configmaps";

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer(builder -> builder.eventLogSize(20));
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static String create(String name, String label) {
    Answer answer =
        client.send(
            "POST", BASE, "{'metadata':{'name':'" + name + "','labels':{'l':'" + label + "'}}}");
    assertThat(answer.code()).isEqualTo(201);
    return Trees.textOrEmpty(answer.json(), "metadata", "resourceVersion");
  }

  private static void relabel(String name, String label) {
    Answer answer =
        client.send(
            "PATCH",
            BASE + "/" + name,
            "application/merge-patch+json",
            ("{\"metadata\":{\"labels\":{\"l\":\"" + label + "\"}}}")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(answer.code()).isEqualTo(200);
  }

  private static String brief(String line) {
    JsonNode event = Trees.MAPPER.readTree(line);
    return Trees.textOrEmpty(event, "type")
        + " "
        + Trees.textOrEmpty(event, "object", "metadata", "name");
  }

  @Test
  void startsWhereTheClientStopped() {
    String revision = create("resumed", "resume");
    relabel("resumed", "resume2");
    client.send("DELETE", BASE + "/resumed", "");

    try (Stream<String> lines =
        client.lines(
            BASE
                + "?watch=true&fieldSelector=metadata.name%3Dresumed&resourceVersion="
                + revision)) {
      assertThat(lines.limit(2).map(HttpWatchTest::brief))
          .containsExactly("MODIFIED resumed", "DELETED resumed");
    }
  }

  @Test
  void selectorsTurnChangesIntoComingsAndGoings() {
    String revision = create("moved", "other");
    relabel("moved", "mine");
    relabel("moved", "other");

    try (Stream<String> lines =
        client.lines(BASE + "?watch=1&labelSelector=l%3Dmine&resourceVersion=" + revision)) {
      assertThat(lines.limit(2).map(HttpWatchTest::brief))
          .containsExactly("ADDED moved", "DELETED moved");
    }
  }

  @Test
  void endsWhenItsTimeIsOver() {
    try (Stream<String> lines =
        client.lines(
            BASE + "?watch=true&timeoutSeconds=1&resourceVersion=" + create("timed", "t"))) {
      assertThat(lines).isEmpty();
    }
  }

  @Test
  void theInitialStateEndsWithAMark() {
    create("initial", "initial");
    try (Stream<String> lines =
        client.lines(
            BASE
                + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
                + "&labelSelector=l%3Dinitial")) {
      List<String> events = lines.limit(2).toList();
      assertThat(brief(events.get(0))).isEqualTo("ADDED initial");
      JsonNode mark = Trees.MAPPER.readTree(events.get(1));
      assertThat(Trees.textOrEmpty(mark, "type")).isEqualTo("BOOKMARK");
      assertThat(Trees.textOrEmpty(mark, "object", "kind")).isEqualTo("ConfigMap");
      assertThat(
              Trees.textOrEmpty(
                  mark, "object", "metadata", "annotations", "k8s.io/initial-events-end"))
          .isEqualTo("true");
      assertThat(Trees.text(mark, "object", "metadata", "resourceVersion")).isPresent();
    }
  }

  @Test
  void initialEventsWantTheirMatch() {
    Answer answer = client.get(BASE + "?watch=true&sendInitialEvents=true");

    assertThat(answer.code()).isEqualTo(422);
    assertThat(answer.message())
        .contains("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }

  @Test
  void theForgottenPastIsAnErrorEvent() {
    String revision = create("old", "old");
    for (int i = 0; i < 25; i++) {
      relabel("old", "v" + i);
    }

    try (Stream<String> lines = client.lines(BASE + "?watch=true&resourceVersion=" + revision)) {
      JsonNode event = Trees.MAPPER.readTree(lines.findFirst().orElseThrow());
      assertThat(Trees.textOrEmpty(event, "type")).isEqualTo("ERROR");
      assertThat(Trees.number(event, "object", "code")).hasValue(410);
      assertThat(Trees.textOrEmpty(event, "object", "reason")).isEqualTo("Expired");
    }
  }

  @Test
  void tableEventsNameTheColumnsOnce() {
    create("t1", "table");
    create("t2", "table");
    try (Stream<String> lines =
        client.lines(
            BASE + "?watch=true&labelSelector=l%3Dtable",
            "Accept",
            "application/json;as=Table;v=v1;g=meta.k8s.io")) {
      List<JsonNode> tables =
          lines.limit(2).map(line -> Trees.MAPPER.readTree(line).path("object")).toList();
      assertThat(tables.get(0).path("columnDefinitions")).isNotEmpty();
      assertThat(tables.get(1).path("columnDefinitions").isNull()).isTrue();
      assertThat(tables.get(1).path("rows").get(0).path("cells").get(0).stringValue())
          .isEqualTo("t2");
    }
  }
}
