package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Targets of failed scenarios that wait to be looked at, each with a kubeconfig (0600). */
record KeptTargets(List<RunResources.Kept> kept, Path directory) {
  KeptTargets {
    kept = List.copyOf(kept);
  }

  static KeptTargets of(RunResources resources, Path output) {
    return new KeptTargets(resources.kept(), output.resolve("kept"));
  }

  /** Returns at once when nothing was kept; otherwise ends with the process, by Ctrl-C. */
  void showUntilInterrupted(Terminal terminal) throws IOException {
    if (kept.isEmpty()) {
      return;
    }
    Files.createDirectories(directory);
    for (int i = 0; i < kept.size(); i++) {
      Path file = directory.resolve((i + 1) + ".kubeconfig");
      write(file, kept.get(i).target().clients().kubeconfig());
      terminal.tell("kept: %s: kubeconfig=%s".formatted(kept.get(i).scenario(), file));
    }
    terminal.tell("Ctrl-C ends what was kept");
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.INTERRUPTED, "interrupted", e);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }
}
