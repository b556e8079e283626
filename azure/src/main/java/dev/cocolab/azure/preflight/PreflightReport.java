package dev.cocolab.azure.preflight;

import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.preflight.CheckLine.Outcome;
import java.util.List;

/**
 * What the pre-flight found.
 *
 * @param lines one a check
 * @param reasons of those that failed, in their order
 */
public record PreflightReport(List<CheckLine> lines, List<Reason> reasons) {
  /** Copies both. */
  public PreflightReport {
    lines = List.copyOf(lines);
    reasons = List.copyOf(reasons);
  }

  /** True when each check was made and is fine. */
  public boolean passed() {
    return lines.stream().allMatch(line -> line.outcome() == Outcome.OK);
  }
}
