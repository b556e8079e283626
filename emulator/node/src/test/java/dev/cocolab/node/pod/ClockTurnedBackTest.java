package dev.cocolab.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Somebody sets the machine's clock back by an hour while pods run. */
class ClockTurnedBackTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeNode node = new FakeNode();

  @Test
  void restartsKeepTheirDelays() {
    node.worker(PodWorkerTest.simple("Always")).start(Optional.empty());
    node.running.get("app").exit(1);
    node.running.get("app").exit(1);
    node.time.turnBack(HOUR);

    node.time.advance(Duration.ofSeconds(10));
    assertThat(node.starts).as("the delay of before runs on").hasSize(3);
    node.running.get("app").exit(1);
    node.time.advance(Duration.ofSeconds(19));
    assertThat(node.starts).hasSize(3);
    node.time.advance(Duration.ofSeconds(1));
    assertThat(node.starts).as("the next one is doubled, as ever").hasSize(4);
    assertThat(Instant.parse(node.container("app").getState().getRunning().getStartedAt()))
        .as("times are those of the clock")
        .isBefore(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Test
  void probesGoOn() {
    node.worker(PodWorkerTest.probed()).start(Optional.empty());
    node.time.advance(Duration.ofSeconds(10));
    assertThat(node.condition("Ready")).isEqualTo("True");

    node.time.turnBack(HOUR);
    node.probeAnswer = Optional.of("connection refused");
    node.time.advance(Duration.ofSeconds(30));
    assertThat(node.condition("Ready")).isEqualTo("False");
    node.probeAnswer = Optional.empty();
    node.time.advance(Duration.ofSeconds(10));

    assertThat(node.condition("Ready")).isEqualTo("True");
  }
}
