package dev.cocolab.cli.initdata;

import dev.cocolab.cli.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with an initdata document; each is a command below it. */
@Command(
    name = "initdata",
    mixinStandardHelpOptions = true,
    description = "Measure, pack and unpack the initdata document of a pod.",
    synopsisSubcommandLabel = "COMMAND")
public final class InitdataCommand implements Runnable {
  @Spec private CommandSpec spec;

  private InitdataCommand() {}

  /** The command with those below it. */
  public static CommandLine with(Terminal terminal) {
    return new CommandLine(new InitdataCommand())
        .addSubcommand(new MeasureCommand(terminal))
        .addSubcommand(new PackCommand(terminal))
        .addSubcommand(new UnpackCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a COMMAND: " + String.join(", ", spec.subcommands().keySet()));
  }
}
