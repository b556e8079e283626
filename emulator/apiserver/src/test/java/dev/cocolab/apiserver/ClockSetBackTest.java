package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.json.Trees;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The server's clock goes back by an hour while it serves. */
class ClockSetBackTest {
  private static final String SPACE = "/api/v1/namespaces/default/";
  private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

  private final MovedClock clock = new MovedClock();
  private final RunningServer running = new RunningServer(builder -> builder.clock(clock));
  private final RawClient client = new RawClient(running);

  @AfterEach
  void stop() {
    running.close();
  }

  private void goBack() {
    clock.move(Duration.ofHours(-1));
  }

  private static long version(Answer answer) {
    assertThat(answer.code()).isIn(200, 201);
    return Long.parseLong(Trees.textOrEmpty(answer.json(), "metadata", "resourceVersion"));
  }

  @Test
  void versionsGoOnAndNewObjectsAreOlderThanOldOnes() {
    Answer before = client.send("POST", SPACE + "configmaps", "{'metadata':{'name':'before'}}");
    goBack();
    Answer after = client.send("POST", SPACE + "configmaps", "{'metadata':{'name':'after'}}");
    Answer changed =
        client.send(
            "PUT", SPACE + "configmaps/before", "{'metadata':{'name':'before'},'data':{'a':'b'}}");

    assertThat(version(after)).isGreaterThan(version(before));
    assertThat(version(changed)).isGreaterThan(version(after));
    assertThat(Trees.textOrEmpty(changed.json(), "metadata", "creationTimestamp"))
        .isEqualTo(Trees.textOrEmpty(before.json(), "metadata", "creationTimestamp"))
        .isGreaterThan(Trees.textOrEmpty(after.json(), "metadata", "creationTimestamp"));
    Answer table =
        client.get(SPACE + "configmaps", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    assertThat(table.code()).isEqualTo(200);
  }

  @Test
  void aLeaseIsRenewedAndTakenOver() {
    Answer held =
        client.send(
            "POST",
            LEASES,
            "{'metadata':{'name':'leader'},'spec':{'holderIdentity':'one','leaseDurationSeconds':15,"
                + "'renewTime':'2026-06-01T12:00:00.000000Z'}}");
    goBack();
    Answer renewed =
        client.send(
            "PUT",
            LEASES + "/leader",
            "{'metadata':{'name':'leader','resourceVersion':'%d'},'spec':{'holderIdentity':'two',"
                    .formatted(version(held))
                + "'leaseDurationSeconds':15,'renewTime':'2026-06-01T11:00:00.000000Z'}}");

    assertThat(version(renewed)).isGreaterThan(version(held));
    assertThat(Trees.textOrEmpty(renewed.json(), "spec", "holderIdentity")).isEqualTo("two");
  }

  @Test
  void aWatchDeliversAndEndsInItsTime() {
    long start =
        version(client.send("POST", SPACE + "configmaps", "{'metadata':{'name':'first'}}"));
    goBack();
    client.send("POST", SPACE + "configmaps", "{'metadata':{'name':'second'}}");

    try (Stream<String> lines =
        client.lines(SPACE + "configmaps?watch=true&timeoutSeconds=1&resourceVersion=" + start)) {
      assertThat(lines.toList()).singleElement().asString().contains("\"second\"");
    }
  }

  @Test
  void aTokenWaitsUntilItsTimeComesAgain() {
    client.send("POST", SPACE + "serviceaccounts", "{'metadata':{'name':'app'}}");
    String early = token();
    goBack();
    String late = token();

    assertThat(versionWith(late)).isEqualTo(200);
    // it says not before, as those of a real server do
    assertThat(versionWith(early)).isEqualTo(401);
    clock.move(Duration.ZERO);
    assertThat(versionWith(early)).isEqualTo(200);
  }

  private int versionWith(String token) {
    return new RawClient(running, Optional.of(token), Optional.empty()).get("/version").code();
  }

  private String token() {
    Answer answer =
        client.send(
            "POST", SPACE + "serviceaccounts/app/token", "{'spec':{'expirationSeconds':600}}");
    assertThat(answer.code()).isEqualTo(201);
    return Trees.textOrEmpty(answer.json(), "status", "token");
  }
}
