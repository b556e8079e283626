package dev.cocolab.cli.kbs;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Registers many reference values in one call. */
@Command(
    name = "set-sample-reference-values",
    mixinStandardHelpOptions = true,
    description = "Register every member of a JSON object, name to value, as it is.")
final class SetReferenceValuesCommand implements Callable<Integer> {
  private final Terminal terminal;

  @ParentCommand private ConfigCommand config;

  @Option(
      names = "--file",
      required = true,
      paramLabel = "FILE",
      description = "The JSON object, such as {\"snp_pcr03\": [\"…\"]}.")
  private Path file;

  SetReferenceValuesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    JsonNode values = InputFile.read(file).json();
    if (!(values instanceof ObjectNode object) || object.isEmpty()) {
      throw new CliException(
          ExitCode.USAGE, file + ": not a JSON object of reference values, name to value");
    }
    config.post("reference-value", SampleMessage.of(object));
    terminal.print("Reference Values Updated");
    return ExitCode.OK.code();
  }
}
