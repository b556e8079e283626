package dev.cocolab.steps.azure;

import dev.cocolab.cli.CommandProvider;
import dev.cocolab.cli.Terminal;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Registers {@code cocolab azure}. */
public final class AzureCommands implements CommandProvider {
  @Override
  public List<Object> commands(Terminal terminal, Map<String, String> environment) {
    return List.of(command(terminal, AzureDesk.ofProcess(environment)));
  }

  static CommandLine command(Terminal terminal, AzureDesk desk) {
    CommandLine azure = new CommandLine(new AzureCommand());
    azure.addSubcommand(new PreflightCommand(terminal, desk));
    azure.addSubcommand(new SweepCommand(terminal, desk));
    return azure;
  }
}
