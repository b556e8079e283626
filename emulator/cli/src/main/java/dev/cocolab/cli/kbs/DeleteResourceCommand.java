package dev.cocolab.cli.kbs;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Removes a resource. */
@Command(
    name = "delete-resource",
    mixinStandardHelpOptions = true,
    description = "Remove a resource.")
final class DeleteResourceCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @Option(
      names = "--path",
      required = true,
      paramLabel = "REPOSITORY/TYPE/TAG",
      description = "Path of the resource.")
  private String path;

  DeleteResourceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    config.delete("resource/" + path);
    terminal.print("Delete resource success");
    return ExitCode.OK.code();
  }
}
