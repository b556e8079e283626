package dev.cocolab.steps.persona;

import java.util.Objects;

/**
 * What became of a command that was run in a container.
 *
 * @param exitCode of the command, or -1 when it was not run
 * @param output of the command, both streams
 * @param refusal why it was not run; empty when it was
 */
public record CommandOutcome(int exitCode, String output, String refusal) {
  public CommandOutcome {
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(refusal, "refusal");
  }
}
