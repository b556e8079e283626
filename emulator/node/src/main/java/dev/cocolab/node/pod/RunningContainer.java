package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A container whose program runs, or has run. */
public interface RunningContainer {
  /** How a container ended. */
  record Exit(int code, String message) {}

  /** {@code cri-o://} and 64 hexadecimal digits. */
  String containerId();

  /** Image with digest. */
  String imageId();

  /** Completes when the program has ended and its output has been stored. */
  CompletionStage<Exit> exited();

  /** Asks the program to end and kills it after the grace period; returns at once. */
  void stop(Duration grace);

  /**
   * Runs a command beside the program. Blocks until the command runs.
   *
   * @throws CommandRefusedException with the runtime's text
   */
  CommandSession exec(ContainerCommand command);

  /**
   * Runs a probe once; blocks for at most its time-out.
   *
   * @return empty if it succeeded, otherwise what went wrong
   */
  Optional<String> probe(Probe probe);
}
