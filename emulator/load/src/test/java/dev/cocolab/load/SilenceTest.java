package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What makes a server gone, and what makes it slow. */
class SilenceTest {
  private static final long MILLI = 1_000_000;

  @Test
  void whoWaitsInVainAloneAtTheEndIsAnErrorNoMore() {
    Silence silence = new Silence(300 * MILLI);
    silence.note(answer(), 1000 * MILLI);
    silence.note(timeout(Map.of(Phase.AUTH, MILLI), 900 * MILLI), 1900 * MILLI);
    silence.over();
    assertThat(silence.gone()).isEmpty();
  }

  @Test
  void aServerThatAnswersSomethingIsSlow() {
    Silence silence = new Silence(300 * MILLI);
    for (int round = 1; round < 10; round++) {
      assertThat(silence.note(timeout(Map.of(Phase.AUTH, MILLI), 500 * MILLI), MILLI * 500 * round))
          .isFalse();
    }
    silence.over();
    assertThat(silence.gone()).as("it has never answered more").isEmpty();
  }

  @Test
  void aServerThatLeavesSeveralInTheMiddleHasGone() {
    Silence silence = new Silence(300 * MILLI);
    silence.note(answer(), 1000 * MILLI);
    silence.note(timeout(Map.of(Phase.AUTH, MILLI), 901 * MILLI), 1900 * MILLI);
    silence.note(timeout(Map.of(Phase.AUTH, MILLI), 901 * MILLI), 1900 * MILLI);
    silence.over();
    assertThat(silence.gone()).hasValue("slow");
    assertThat(silence.since()).isEqualTo(1000 * MILLI);
  }

  private static Attempt answer() {
    return new Attempt(Map.of(Phase.AUTH, MILLI), MILLI, 0, Optional.empty());
  }

  private static Attempt timeout(Map<Phase, Long> phases, long waited) {
    return new Attempt(
        phases, waited, 0, Optional.of(new AttemptFailure(AttemptFailure.TIMEOUT, "slow", null)));
  }
}
