package dev.cocolab.cli.kbs;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Stores a resource. */
@Command(
    name = "set-resource",
    mixinStandardHelpOptions = true,
    description = "Store a file as a resource, over one that is there.")
final class SetResourceCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @Option(
      names = "--path",
      required = true,
      paramLabel = "REPOSITORY/TYPE/TAG",
      description = "Path of the resource.")
  private String path;

  @Option(
      names = "--resource-file",
      required = true,
      paramLabel = "FILE",
      description = "Its content.")
  private Path file;

  SetResourceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    byte[] content = InputFile.read(file).bytes();
    config.post("resource/" + path, "application/octet-stream", content);
    // The blank before the line end is kbs-client's.
    terminal.print("Set resource success ");
    terminal.print(" resource: " + Base64.getEncoder().encodeToString(content));
    return ExitCode.OK.code();
  }
}
