package dev.cocolab.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be measured; each subject is a command below it. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure this machine's lab, its pods, or a Key Broker Service.",
    synopsisSubcommandLabel = "SUBJECT")
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a SUBJECT: " + String.join(", ", spec.subcommands().keySet()));
  }
}
