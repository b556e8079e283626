package dev.cocolab.steps.azure;

import dev.cocolab.azure.preflight.PreflightReport;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Makes the checks that a run makes first. */
@Command(
    name = "preflight",
    mixinStandardHelpOptions = true,
    description =
        "Check in a minute what would otherwise fail in the second hour; exit code 4 when a check"
            + " fails.")
final class PreflightCommand implements Callable<Integer> {
  /** Part of a container's name for a moment, where no run is named. */
  private static final String NO_RUN = "by-hand";

  private final Terminal terminal;
  private final AzureDesk desk;

  PreflightCommand(Terminal terminal, AzureDesk desk) {
    this.terminal = terminal;
    this.desk = desk;
  }

  @Override
  public Integer call() throws Exception {
    PreflightReport report =
        AzureDesk.guarded(
            () -> {
              AzureDesk.Open azure = desk.open();
              String run = azure.config().runId().orElse(NO_RUN);
              return azure
                  .access()
                  .preflight(
                      run,
                      new ClusterCatalogue(azure.access().control()::adminKubeconfig),
                      desk.random())
                  .run(terminal::print);
            });
    return (report.passed() ? ExitCode.OK : ExitCode.UNREACHABLE).code();
  }
}
