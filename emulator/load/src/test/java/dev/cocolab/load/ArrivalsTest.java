package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;

  private final List<Long> said = new ArrayList<>();

  @Test
  void eachIsSaidAtItsTime() throws Exception {
    ManualTicker ticker = new ManualTicker(0);
    List<Long> at = new ArrayList<>();
    new Arrivals(new Schedule(0, 4), ticker, () -> false)
        .run(
            SECOND,
            then -> {
              said.add(then);
              at.add(ticker.now());
            });
    assertThat(said).containsExactly(0L, 250 * MILLI, 500 * MILLI, 750 * MILLI);
    assertThat(at).isEqualTo(said);
  }

  @Test
  void whoWakesLateSaysAllThatCameDueWithTheTimesItWasDue() throws Exception {
    // Each time it is woken three intervals too late.
    new Arrivals(new Schedule(0, 1000), new ManualTicker(3 * MILLI), () -> false)
        .run(10 * MILLI, said::add);
    assertThat(said).hasSize(10);
    for (int i = 0; i < said.size(); i++) {
      assertThat(said.get(i)).isEqualTo(i * MILLI);
    }
  }

  @Test
  void aRateThatIsNoWholeNumberOfNanosecondsDoesNotDrift() {
    Schedule schedule = new Schedule(17, 3);
    assertThat(schedule.due(0)).isEqualTo(17);
    assertThat(schedule.due(3_000_000)).isEqualTo(17 + 1_000_000 * SECOND);
    assertThat(schedule.due(1)).isEqualTo(17 + 333_333_333);
  }

  @Test
  void whatWasNotSaidWhenTheTimeIsOverIsSaidThen() throws Exception {
    Arrivals arrivals = new Arrivals(new Schedule(0, 10), new ManualTicker(0), () -> true);
    arrivals.run(SECOND, said::add);
    assertThat(said).as("it was stopped before it said anything").isEmpty();

    arrivals.finish(SECOND, said::add);
    assertThat(said).hasSize(10).last().isEqualTo(900 * MILLI);
    arrivals.finish(SECOND, said::add);
    assertThat(said).as("and nothing twice").hasSize(10);
  }

  @Test
  void aRateIsAboveZero() {
    for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Schedule(0, rate))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("above 0");
    }
  }
}
