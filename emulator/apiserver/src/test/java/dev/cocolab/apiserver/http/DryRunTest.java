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

/** A write that is half asked to be dry is not done; texts as kube-apiserver 1.32.4 gives them. */
class DryRunTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
    client.send("POST", MAPS, "{'metadata':{'name':'there'},'data':{'a':'b'}}");
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
          POST   | ?dryRun                | {'metadata':{'name':'made'}}     | CreateOptions | []string{""}
          POST   | ?dryRun&dryRun=All     | {'metadata':{'name':'made'}}     | CreateOptions | []string{"", "All"}
          PUT    | /there?dryRun=All&dryRun= | {'metadata':{'name':'there'}} | UpdateOptions | []string{"All", ""}
          PATCH  | /there?dryRun=x        | {'data':{'a':'c'}}               | PatchOptions  | []string{"x"}
          DELETE | /there?dryRun          |                                  | DeleteOptions | []string{""}
          DELETE | /there?dryRun&dryRun=All |                                | DeleteOptions | []string{"", "All"}
          DELETE | /there                 | {'dryRun':['All','none']}        | DeleteOptions | []string{"All", "none"}
          DELETE | ?dryRun=all            |                                  | DeleteOptions | []string{"all"}
          """)
  void whatIsNotAllIsRefused(
      String method, String path, String body, String options, String listed) {
    String before = client.get(MAPS).body();

    Answer answer =
        method.equals("PATCH")
            ? client.send(
                method,
                MAPS + path,
                "application/merge-patch+json",
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
            : client.send(method, MAPS + path, body == null ? "" : body);

    assertThat(answer.code()).as(answer.body()).isEqualTo(422);
    assertThat(answer.message())
        .isEqualTo(
            "%s.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: %s: supported values: \"All\""
                .formatted(options, listed));
    assertThat(client.get(MAPS).body()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST   | ?dryRun=All            | {'metadata':{'name':'made'}} | 201
          POST   | ?dryRun=All&dryRun=All | {'metadata':{'name':'made'}} | 201
          DELETE | /there?dryRun=All      |                              | 200
          DELETE | /there                 | {'dryRun':['All']}           | 200
          """)
  void aDryWriteChangesNothing(String method, String path, String body, int code) {
    String before = client.get(MAPS).body();

    assertThat(client.send(method, MAPS + path, body == null ? "" : body).code()).isEqualTo(code);
    assertThat(client.get(MAPS).body()).isEqualTo(before);
  }
}
