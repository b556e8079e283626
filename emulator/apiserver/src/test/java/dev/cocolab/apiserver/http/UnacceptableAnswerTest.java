package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be answered in a form that the client takes is not done. */
class UnacceptableAnswerTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
    client.send("POST", MAPS, "{'metadata':{'name':'there'},'data':{'a':'b'}}");
    client.send("POST", "/api/v1/namespaces", "{'metadata':{'name':'space'}}");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST   | /api/v1/namespaces/default/configmaps             | application/json                    | {"metadata":{"name":"made"}}
          PUT    | /api/v1/namespaces/default/configmaps/there       | application/json                    | {"metadata":{"name":"there"},"data":{"a":"c"}}
          PATCH  | /api/v1/namespaces/default/configmaps/there       | application/merge-patch+json        | {"data":{"a":"c"}}
          PATCH  | /api/v1/namespaces/default/configmaps/there?fieldManager=m | application/apply-patch+yaml | {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"there"},"data":{"x":"c"}}
          PATCH  | /api/v1/namespaces/space/status                   | application/merge-patch+json        | {"metadata":{"labels":{"a":"b"}}}
          DELETE | /api/v1/namespaces/default/configmaps/there       | application/json                    |
          DELETE | /api/v1/namespaces/default/configmaps             | application/json                    |
          DELETE | /api/v1/namespaces/space                          | application/json                    |
          """)
  void aRefusedWriteWritesNothing(String method, String path, String type, String body) {
    String before = state();

    Answer answer =
        client.send(
            method,
            path,
            type,
            body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8),
            "Accept",
            "application/vnd.kubernetes.protobuf");

    assertThat(answer.code()).as(answer.body()).isEqualTo(406);
    assertThat(answer.message())
        .isEqualTo("only the following media types are accepted: application/json");
    assertThat(state()).isEqualTo(before);
  }

  private static String state() {
    return client.get(MAPS).body() + client.get("/api/v1/namespaces").body();
  }
}
