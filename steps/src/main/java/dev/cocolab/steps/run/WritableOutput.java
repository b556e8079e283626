package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is written at the end of a long run is tried at its beginning. */
final class WritableOutput {
  private WritableOutput() {}

  /**
   * Makes the folder if it is not there.
   *
   * @param option of the command line, for the message
   * @param named what the option names
   * @param folder where it is written, or the same
   * @throws CliException USAGE when it cannot be written
   */
  static void require(String option, Path named, Path folder) {
    boolean isFile = !named.equals(folder);
    if (named.toString().isEmpty() || (isFile && Files.isDirectory(named))) {
      throw new CliException(
          ExitCode.USAGE,
          isFile
              ? "%s '%s' is no name of a file; name one".formatted(option, named)
              : "%s '%s' is no name of a folder; name one".formatted(option, named));
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "%s %s: %s is no folder".formatted(option, named, folder), e);
    }
    boolean file = Files.exists(named) && isFile;
    if (!Files.isWritable(folder) || (file && !Files.isWritable(named))) {
      throw new CliException(ExitCode.USAGE, "%s %s cannot be written".formatted(option, named));
    }
  }
}
