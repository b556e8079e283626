package dev.cocolab.steps.azure;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.control.AroCluster;
import dev.cocolab.azure.sweep.SweepReport;
import dev.cocolab.azure.sweep.SweepScope;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.Terminal;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Deletes pod VMs and network cards that runs have left. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    description =
        "Delete the pod VMs and network cards of one run, or those of any run that have expired;"
            + " exit code 4 when one could not be deleted. What has no tags is never deleted.")
final class SweepCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final AzureDesk desk;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description = "The run (default: COCOLAB_ARO_RUN_ID, or gh-$GITHUB_RUN_ID).")
  private String runId;

  @Option(
      names = "--expired",
      description = "Instead of one run's: all whose expires-at has passed.")
  private boolean expired;

  SweepCommand(Terminal terminal, AzureDesk desk) {
    this.terminal = terminal;
    this.desk = desk;
  }

  @Override
  public Integer call() throws Exception {
    SweepReport report = AzureDesk.guarded(this::sweep);
    report.lines().forEach(terminal::print);
    return (report.clean() ? ExitCode.OK : ExitCode.UNREACHABLE).code();
  }

  private SweepReport sweep() {
    AzureDesk.Open azure = desk.open();
    Optional<String> run = run(azure);
    AroCluster cluster = azure.access().control().cluster();
    String subnet =
        cluster
            .workerSubnet()
            .orElseThrow(
                () ->
                    new AzureException(
                        Reason.REFUSED,
                        "the cluster has no workers, so it is not known where its pod VMs are;"
                            + " nothing was deleted"));
    return azure
        .access()
        .sweeper()
        .sweep(new SweepScope(cluster.managedResourceGroup(), subnet, run, desk.clock().instant()));
  }

  private Optional<String> run(AzureDesk.Open azure) {
    if (expired && runId != null) {
      throw new AzureException(
          Reason.NOT_CONFIGURED, "give --run-id or --expired, not both; nothing was deleted");
    }
    if (expired) {
      return Optional.empty();
    }
    Optional<String> run = AzureDesk.given(runId).or(azure.config()::runId);
    if (run.isEmpty()) {
      throw new AzureException(
          Reason.NOT_CONFIGURED, "give --run-id ID or --expired; nothing was deleted");
    }
    // Here already, so that a mistyped one is told as that also when Azure does not answer.
    return run.map(RunTags::checkRunId);
  }
}
