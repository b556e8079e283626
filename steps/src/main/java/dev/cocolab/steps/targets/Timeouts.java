package dev.cocolab.steps.targets;

import java.time.Duration;
import java.util.Objects;

/**
 * How long to wait at most, and how often to look.
 *
 * @param podRunning from apply to Running, or to the event that says why not
 * @param rollout of the broker
 * @param output from Running to an expected line of a log
 * @param poll between two looks
 */
public record Timeouts(Duration podRunning, Duration rollout, Duration output, Duration poll) {
  public Timeouts {
    Objects.requireNonNull(podRunning, "podRunning");
    Objects.requireNonNull(rollout, "rollout");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(poll, "poll");
  }

  /** All waits of a machine-local target, times a factor for slower ones. */
  public static Timeouts times(int factor) {
    return new Timeouts(
        Duration.ofSeconds(30L * factor),
        Duration.ofSeconds(20L * factor),
        Duration.ofSeconds(20L * factor),
        Duration.ofMillis(50L * factor));
  }
}
