package dev.cocolab.steps.run;

import dev.cocolab.cli.Terminal;
import io.cucumber.plugin.ConcurrentEventListener;

/** Tells a person how far the run is. */
sealed interface RunProgress extends ConcurrentEventListener permits LiveProgress, BlockProgress {
  String CLEAR_LINE = "\r\u001b[K";

  /** Step by step where scenarios run one at a time; otherwise scenario by scenario. */
  static RunProgress of(Terminal terminal, int atATime) {
    return atATime > 1 ? new BlockProgress(terminal) : new LiveProgress(terminal);
  }

  /** A line that belongs to no scenario. */
  void tell(String line);
}
