package dev.cocolab.cli.kbs;

import dev.cocolab.cli.Terminal;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A client of any Key Broker Service, with the commands and options of {@code kbs-client}. */
@Command(
    name = "kbs",
    mixinStandardHelpOptions = true,
    description = "Attest to a Key Broker Service, read resources and configure it.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nNotes:%n",
    footer = {
      "Commands, options and output are those of Trustee's kbs-client; --tee, --json,",
      "--initdata-file and some commands of 'kbs config' are more than it has."
    })
public final class KbsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Mixin private ServerOptions server;

  private KbsCommand() {}

  /** The command with those below it. */
  public static CommandLine with(Terminal terminal, Map<String, String> environment) {
    return new CommandLine(new KbsCommand())
        .addSubcommand(new AttestCommand(terminal, environment))
        .addSubcommand(new GetResourceCommand(terminal, environment))
        .addSubcommand(ConfigCommand.with(terminal, environment));
  }

  ServerOptions server() {
    return server;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a COMMAND: " + String.join(", ", spec.subcommands().keySet()));
  }
}
