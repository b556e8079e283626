package dev.cocolab.cli.evidence;

import dev.cocolab.cli.Terminal;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with evidence; each is a command below it. */
@Command(
    name = "evidence",
    mixinStandardHelpOptions = true,
    description = "Make, verify and show evidence of trusted execution environments.",
    synopsisSubcommandLabel = "COMMAND")
public final class EvidenceCommand implements Runnable {
  @Spec private CommandSpec spec;

  private EvidenceCommand() {}

  /** The command with those below it. */
  public static CommandLine with(Terminal terminal, Map<String, String> environment) {
    return new CommandLine(new EvidenceCommand())
        .addSubcommand(new EvidenceFieldsCommand(terminal, environment))
        .addSubcommand(new EvidenceNewCommand(terminal, environment))
        .addSubcommand(new EvidenceVerifyCommand(terminal, environment))
        .addSubcommand(new EvidenceShowCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a COMMAND: " + String.join(", ", spec.subcommands().keySet()));
  }
}
