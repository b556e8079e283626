package dev.cocolab.cli.evidence;

import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.InputFile;
import dev.cocolab.cli.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows what evidence says, true or not. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description =
        "Print the fields of evidence, or of a report, quote, event log or certificate; verifies nothing.")
final class EvidenceShowCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "What to show; its kind is recognized.")
  private Path file;

  @Option(names = "--json", description = "Print the fields as JSON.")
  private boolean json;

  EvidenceShowCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ObjectNode facts = Recognizer.read(InputFile.read(file));
    if (json) {
      terminal.print(JsonMapper.shared().writeValueAsString(facts));
    } else {
      List<String> lines =
          facts.has("uefi_event_logs") ? LogFacts.lines(facts) : Facts.lines(facts);
      lines.forEach(terminal::print);
    }
    return ExitCode.OK.code();
  }
}
