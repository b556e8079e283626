package dev.cocolab.node;

import java.util.concurrent.CompletionStage;

/** A running resident program. */
public interface ResidentProcess {
  /** Completes with the exit code, 0 to 255. */
  CompletionStage<Integer> exited();

  /** Asks the program to end, as SIGTERM does; returns at once and may be called more than once. */
  void stop();
}
