package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.HomeFolder;
import dev.cocolab.lab.LabWiring;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.emulator.EmulatorProvider;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An empty cell and {@code [blank]} end in different states of the broker. */
class TableCellsIT {
  @TempDir private Path home;

  @Test
  void emptyCellAndBlankEndInDifferentStates() {
    try (Machine machine =
        Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {})) {
      Ended ended =
          CommandRun.on(EmulatorProvider.on(machine, LabWiring.regular()), home)
              .run("--features", Path.of("src", "test", "resources", "cells").toString());

      assertThat(ended.red()).isEmpty();
      assertThat(ended.stdout()).first().isEqualTo("2 passed, 0 failed, 0 skipped");
      assertThat(ended.code()).isZero();
    }
  }
}
