package dev.cocolab.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker's clock goes back by an hour while it serves. */
class ClockSetBackTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path root;
  private TestBroker broker;
  private TestGuest guest;

  @BeforeEach
  void start() throws Exception {
    broker = new TestBroker(root);
    broker.resourcePolicy("package policy\nallow := true\n");
    broker.resource("default/key/1", "shhhhhhh".getBytes(StandardCharsets.UTF_8));
    broker.start();
    guest = new TestGuest(broker.url());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private void assertServed(TestGuest who) throws Exception {
    assertThat(who.open(who.resource("default/key/1")))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("shhhhhhh");
  }

  @Test
  void aTokenFromTheFutureAndItsSessionStillServe() throws Exception {
    String token = guest.handshake();

    broker.clock.advance(HOUR.negated());

    assertServed(guest);
    guest.cookie = Optional.empty();
    guest.bearer = Optional.of("Bearer " + token);
    assertServed(guest);
  }

  @Test
  void aHandshakeInProgressAndNewOnesSucceed() throws Exception {
    guest.auth();

    broker.clock.advance(HOUR.negated());

    assertThat(guest.attest().statusCode()).isEqualTo(200);
    assertServed(guest);
    TestGuest next = new TestGuest(broker.url());
    next.handshake();
    assertServed(next);
  }

  @Test
  void whatIsIssuedAfterwardsEndsByTheNewTime() throws Exception {
    broker.clock.advance(HOUR.negated());
    String token = guest.handshake();
    guest.cookie = Optional.empty();
    guest.bearer = Optional.of("Bearer " + token);
    assertServed(guest);

    broker.clock.advance(Duration.ofMinutes(7));

    assertThat(guest.resource("default/key/1").statusCode()).isEqualTo(401);
  }
}
