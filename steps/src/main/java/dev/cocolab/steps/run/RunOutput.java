package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a run reads its features and leaves its results. */
final class RunOutput {
  private RunOutput() {}

  /**
   * {@code reports/target} of the checkout; a folder of the user where there is none to write to.
   */
  static Path directory(Path home) {
    String root = System.getProperty("cocolab.root");
    if (root != null) {
      Path reports = Path.of(root, "reports");
      if (Files.isWritable(reports)) {
        return reports.resolve("target");
      }
    }
    return home.resolve("reports");
  }

  static Path builtInFeatures() {
    String root = System.getProperty("cocolab.root");
    if (root == null) {
      throw new CliException(
          ExitCode.USAGE, "the features are not where they should be; name them with --features");
    }
    return Path.of(root, "features");
  }
}
