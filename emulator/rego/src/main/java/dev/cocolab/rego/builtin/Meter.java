package dev.cocolab.rego.builtin;

import java.time.Clock;

/** What a function may use of the evaluation that calls it. */
public interface Meter {

  /**
   * Charges work to the evaluation's budget, one unit for about one element or eight characters.
   *
   * @throws RuntimeException when the budget is used up
   */
  void charge(long units);

  /** The clock of {@code time.now_ns}. */
  Clock clock();
}
