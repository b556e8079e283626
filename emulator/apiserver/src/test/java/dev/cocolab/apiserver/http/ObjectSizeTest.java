package dev.cocolab.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.RunningServer;
import dev.cocolab.apiserver.json.Trees;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The three limits an object meets: its kind's, etcd's and the request's. */
class ObjectSizeTest {
  private static final String SPACE = "/api/v1/namespaces/default/";
  private static final int MIB = 1024 * 1024;

  private static RunningServer running;
  private static RawClient client;

  @BeforeAll
  static void start() {
    running = new RunningServer();
    client = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static String pod(String name, int bytes) {
    return "{'metadata':{'name':'"
        + name
        + "'},'spec':{'containers':[{'name':'c','image':'i','env':[{'name':'LONG','value':'"
        + "v".repeat(bytes)
        + "'}]}]}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1400000 | 201 | ",
        "1600000 | 500 | etcdserver: request is too large",
        "2200000 | 500 | rpc error: code = ResourceExhausted desc = trying to send message larger than max (",
        "3200000 | 413 | Request entity too large: limit is 3145728"
      })
  void anObjectIsRefusedAsByTheServerThatHasEtcd(int bytes, int code, String message) {
    String name = "p" + bytes;

    Answer answer = client.send("POST", SPACE + "pods", pod(name, bytes));

    assertThat(answer.code()).isEqualTo(code);
    if (code == 201) {
      assertThat(client.get(SPACE + "pods/" + name).code()).isEqualTo(200);
    } else {
      assertThat(answer.message()).startsWith(message);
      assertThat(Trees.textOrEmpty(answer.json(), "reason"))
          .isEqualTo(code == 413 ? "RequestEntityTooLarge" : "");
      assertThat(client.get(SPACE + "pods/" + name).code()).isEqualTo(404);
    }
  }

  @Test
  void aPatchDoesNotGrowAnObjectBeyondTheLimit() {
    assertThat(client.send("POST", SPACE + "pods", pod("grown", 1_000_000)).code()).isEqualTo(201);
    String before = client.get(SPACE + "pods/grown").body();
    byte[] patch =
        ("{\"status\":{\"message\":\"" + "m".repeat(700_000) + "\"}}")
            .getBytes(StandardCharsets.UTF_8);

    Answer answer =
        client.send("PATCH", SPACE + "pods/grown/status", "application/merge-patch+json", patch);

    assertThat(answer.code()).isEqualTo(500);
    assertThat(answer.message()).isEqualTo("etcdserver: request is too large");
    assertThat(client.get(SPACE + "pods/grown").body()).isEqualTo(before);
  }

  @Test
  void theBytesOfASecretCountAsBytes() {
    String data = Base64.getEncoder().encodeToString(new byte[MIB]);
    String secret =
        "{'metadata':{'name':'full','annotations':{'a':'"
            + "x".repeat(200_000)
            + "'}},'data':{'k':'"
            + data
            + "'}}";

    assertThat(client.send("POST", SPACE + "secrets", secret).code()).isEqualTo(201);
    Answer more =
        client.send("POST", SPACE + "secrets", secret.replace("'k'", "'l':'YWFhYQ==','k'"));
    assertThat(more.code()).isEqualTo(422);
    assertThat(more.message()).contains("Too long");
  }
}
