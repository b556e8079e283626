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
            count -> {
              said.add(count);
              at.add(ticker.now());
            });
    assertThat(said).containsExactly(1L, 2L, 3L, 4L);
    assertThat(at).containsExactly(0L, 250 * MILLI, 500 * MILLI, 750 * MILLI);
  }

  @Test
  void whoWakesLateSaysAllThatCameDueAtOnce() throws Exception {
    // Each time it is woken three intervals too late.
    new Arrivals(new Schedule(0, 1000), new ManualTicker(3 * MILLI), () -> false)
        .run(10 * MILLI, said::add);
    assertThat(said).containsExactly(4L, 8L, 10L);
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
    assertThat(said).containsExactly(10L);
    arrivals.finish(SECOND, said::add);
    assertThat(said).as("and nothing twice").containsExactly(10L);
  }

  @Test
  void theCountOfWhatIsDueAgreesWithTheTimes() {
    for (double rate : new double[] {0.3, 1, 3, 7.7, 999.9, 1e6, 123_456.789}) {
      Schedule schedule = new Schedule(5 * SECOND, rate);
      for (long number : new long[] {0, 1, 2, 1000, 999_999, 123_456_789}) {
        long due = schedule.due(number);
        assertThat(schedule.countBefore(due)).as(rate + " before " + number).isEqualTo(number);
        assertThat(schedule.countBefore(due + 1)).isEqualTo(number + 1);
      }
      assertThat(schedule.countBefore(0)).isZero();
    }
  }

  @Test
  void aRateOfOneInCenturiesIsNoOverflow() {
    Schedule schedule = new Schedule(5 * SECOND, 1e-11);
    assertThat(schedule.due(1)).isGreaterThan(1_000_000_000 * SECOND);
    assertThat(schedule.countBefore(100 * SECOND)).isEqualTo(1);
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
