package dev.cocolab.azure.budget;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AroConfig.Limits;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.fakes.MovingClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private final MovingClock clock = new MovingClock(Instant.parse("2026-11-30T21:00:00Z"));
  private final Budget budget = new Budget(Limits.standard(), clock);

  private static List<String> machines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "podvm-" + i).toList();
  }

  @Test
  void stopsAtTwoHours() {
    clock.advance(Duration.ofHours(2).minusSeconds(1));
    assertThat(budget.stop()).isEmpty();

    clock.advance(Duration.ofSeconds(1));

    assertThat(budget.stop()).contains("the run has lasted 120 minutes, its limit is 120");
    assertThat(refusal(Reason.BUDGET, () -> budget.check(0)))
        .hasMessage("the run has lasted 120 minutes, its limit is 120");
  }

  @Test
  void stopsBeforeTheFortyFirstMachine() {
    budget.seen(machines(0, 39));
    budget.check(1);

    budget.seen(machines(0, 40)); // those of before again, and one more
    assertThat(budget.machines()).isEqualTo(40);
    assertThat(budget.stop()).isEmpty();
    budget.check(0);

    assertThat(refusal(Reason.BUDGET, () -> budget.check(1)))
        .hasMessage("the run has used 40 pod VMs and needs 1 more, its limit is 40");
    assertThat(budget.stop()).isPresent();
  }

  @Test
  void stopsWhereMoreMachinesTurnUpThanItAllows() {
    budget.seen(machines(0, 41));

    assertThat(budget.stop()).contains("the run has used 41 pod VMs, its limit is 40");
  }

  @Test
  void staysStopped() {
    clock.advance(Duration.ofHours(3));
    assertThat(budget.stop()).isPresent();

    clock.advance(Duration.ofHours(-3)); // somebody sets the clock

    assertThat(budget.stop()).isPresent();
    refusal(Reason.BUDGET, () -> budget.check(0));
  }
}
