package dev.cocolab.cli.initdata;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Computes what a guest measures of a document. */
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    description =
        "Print the digest of a document, by the algorithm that it names, and the PCR 8 that it leads to.")
final class MeasureCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The document, TOML.")
  private Path file;

  @Option(names = "--keep-crlf", description = "Measure carriage returns, too.")
  private boolean keepCrlf;

  @Option(names = "--json", description = "Print the measurement as JSON.")
  private boolean json;

  MeasureCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ObjectNode measurement = Document.measurement(Document.plain(InputFile.read(file), keepCrlf));
    if (json) {
      terminal.print(JsonMapper.shared().writeValueAsString(measurement));
    } else {
      for (var entry : measurement.properties()) {
        terminal.print("%-14s %s".formatted(entry.getKey(), entry.getValue().asString()));
      }
    }
    return ExitCode.OK.code();
  }
}
