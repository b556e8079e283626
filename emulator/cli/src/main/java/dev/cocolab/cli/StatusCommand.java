package dev.cocolab.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells where a running lab is. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Print a running lab's name, pid, kubeconfig and Trustee URL as JSON.")
final class StatusCommand implements Callable<Integer> {
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private LabName lab;

  /** Every command that reads takes this option; here JSON is the only form. */
  @Option(names = "--json", description = "JSON; it is the only form there is.")
  void json(boolean asked) {}

  StatusCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    LabDirectory directory = lab.in(environment);
    Optional<String> answer =
        ControlSocket.ask(directory.controlSocket(), LabControl.STATUS, PATIENCE);
    if (answer.isEmpty()) {
      terminal.tell(
          "cocolab: no lab named '%s' runs; start it with './cocolab up --lab %1$s'"
              .formatted(directory.name()));
      return ExitCode.NOT_SO.code();
    }
    terminal.print(answer.get());
    return ExitCode.OK.code();
  }
}
