package dev.cocolab.broker.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SessionStoreTest {
  private final Clock clock = Clock.fixed(Instant.parse("2026-02-25T11:00:00Z"), ZoneOffset.UTC);
  private final SessionStore store =
      new SessionStore(clock, new SecureRandom(), Duration.ofMinutes(5));

  @Test
  void idsAreVersionFourUuidsWithoutDashes() {
    assertThat(store.open("sample", "n").id())
        .matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}");
  }

  @Test
  void theOldestSessionGivesWay() {
    Session first = store.open("sample", "n");
    Session second = store.open("sample", "n");
    for (int i = 2; i < SessionStore.CAPACITY + 1; i++) {
      store.open("sample", "n");
    }

    assertThat(store.find(first.id())).isEmpty();
    assertThat(store.find(second.id())).contains(second);
  }

  @Test
  void attestingKeepsIdAndEnd() {
    Session.Authed authed = store.open("sample", "n");

    Session.Attested attested = store.attest(authed, "a.b.c");

    assertThat(store.find(authed.id())).contains(attested);
    assertThat(attested.expires()).isEqualTo(authed.expires());
    assertThat(attested).asString().doesNotContain("a.b.c", authed.id());
  }
}
