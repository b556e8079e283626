package dev.cocolab.cli;

import dev.cocolab.cli.bench.BenchAttestCommand;
import dev.cocolab.cli.bench.WorkerCommand;
import dev.cocolab.cli.crypto.CryptoProviders;
import dev.cocolab.cli.evidence.EvidenceCommand;
import dev.cocolab.cli.initdata.InitdataCommand;
import dev.cocolab.cli.kbs.BrokerCommand;
import dev.cocolab.cli.kbs.KbsCommand;
import dev.cocolab.cli.lint.LintCommand;
import dev.cocolab.cli.refvalues.ReferenceValuesCommand;
import dev.cocolab.cli.seal.SealCommand;
import dev.cocolab.lab.LabException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code cocolab}. */
@Command(
    name = "cocolab",
    mixinStandardHelpOptions = true,
    version = "cocolab 0.1.0",
    description = "The confidential-containers lab in a box.",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done as asked",
      "1:checked, and it is not so (a scenario failed, evidence was refused)",
      "2:wrong usage, or input that cannot be read",
      "3:this machine is not fit; the message names the remedy",
      "4:the target does not answer",
      "130:interrupted"
    })
public final class CocoLab implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CocoLab.class);

  /** Commands that live long enough to gain by another provider of cryptography. */
  private static final Set<String> LONG_LIVED = Set.of("up", "run", "broker");

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    Map<String, String> environment = System.getenv();
    Terminal terminal = Terminal.ofProcess(environment);
    int code;
    try {
      Logging.configure(environment);
      if (arguments.length > 0 && LONG_LIVED.contains(arguments[0])) {
        new CryptoProviders().installBeside(environment);
      }
      code = run(terminal, environment, List.of(arguments));
    } catch (CliException e) {
      terminal.tell("cocolab: " + e.getMessage());
      code = e.exitCode().code();
    }
    System.exit(code);
  }

  /** Runs one command line; returns its exit code. */
  public static int run(
      Terminal terminal, Map<String, String> environment, List<String> arguments) {
    return commandLine(terminal, environment).execute(arguments.toArray(String[]::new));
  }

  static CommandLine commandLine(Terminal terminal, Map<String, String> environment) {
    CommandLine line = new CommandLine(new CocoLab());
    line.addSubcommand(new UpCommand(terminal, environment));
    line.addSubcommand(new DownCommand(terminal, environment));
    line.addSubcommand(new StatusCommand(terminal, environment));
    line.addSubcommand(new DoctorCommand(terminal, environment));
    line.addSubcommand(new ExplainCommand(terminal, environment));
    line.addSubcommand(new LintCommand(terminal, environment));
    line.addSubcommand(
        new CommandLine(new BenchCommand())
            .addSubcommand(new BenchStartCommand(terminal, environment))
            .addSubcommand(new BenchPodsCommand(terminal, environment))
            .addSubcommand(new BenchAttestCommand(terminal, environment))
            .addSubcommand(new WorkerCommand(terminal, environment)));
    line.addSubcommand(EvidenceCommand.with(terminal, environment));
    line.addSubcommand(InitdataCommand.with(terminal));
    line.addSubcommand(SealCommand.with(terminal));
    line.addSubcommand(new BrokerCommand(terminal, environment));
    line.addSubcommand(KbsCommand.with(terminal, environment));
    line.addSubcommand(new ReferenceValuesCommand(terminal));
    for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
      for (Object command : provider.commands(terminal, environment)) {
        line.addSubcommand(command);
      }
    }
    line.setOut(terminal.out());
    line.setErr(terminal.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((problem, args) -> wrongUsage(terminal, problem));
    line.setExecutionExceptionHandler((problem, at, parsed) -> failed(terminal, problem));
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  private static int wrongUsage(Terminal terminal, ParameterException problem) {
    CommandLine at = problem.getCommandLine();
    String complaint = String.valueOf(problem.getMessage());
    List<String> similar = new ArrayList<>();
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
      if (at.getParent() == null && !unmatched.isUnknownOption()) {
        complaint = "there is no command '%s'".formatted(unmatched.getUnmatched().get(0));
      }
      similar.addAll(unmatched.getSuggestions());
    }
    terminal.tell("cocolab: " + complaint);
    if (!similar.isEmpty()) {
      terminal.tell("Did you mean: " + String.join(", ", similar) + "?");
    }
    terminal.tell(
        "See '%s --help'."
            .formatted(at.getCommandSpec().qualifiedName().replace("<main class>", "")));
    return ExitCode.USAGE.code();
  }

  private static int failed(Terminal terminal, Exception problem) {
    if (problem instanceof CliException known) {
      terminal.tell("cocolab: " + known.getMessage());
      LOG.debug("command failed", known);
      return known.exitCode().code();
    }
    if (problem instanceof LabException known) {
      terminal.tell("cocolab: " + known.getMessage());
      LOG.debug("command failed", known);
      return codeOf(known.reason()).code();
    }
    LOG.debug("command failed", problem);
    terminal.tell(
        "cocolab: unexpected failure: %s (run again with COCOLAB_LOG=debug for the details)"
            .formatted(problem));
    return ExitCode.NOT_SO.code();
  }

  /**
   * A data folder that is not what it should be is input; everything else is the machine, or the
   * cluster.
   */
  private static ExitCode codeOf(LabException.Reason reason) {
    return switch (reason) {
      case DATA_OTHER_VERSION,
          DATA_FOREIGN,
          DATA_OTHER_HOME,
          DATA_DAMAGED,
          DATA_UNUSABLE,
          KUBECONFIG_UNUSABLE ->
          ExitCode.USAGE;
      case CLUSTER_UNREACHABLE -> ExitCode.UNREACHABLE;
      case HOME_UNUSABLE,
          DISK_FULL,
          NAMESPACES_REFUSED,
          TEMP_UNUSABLE,
          TOOL_MISSING,
          PORT_TAKEN,
          NO_LOOPBACK_NETWORK,
          NOT_READY,
          DATA_IN_USE,
          CLUSTER_REFUSES,
          CLUSTER_FOREIGN,
          CLUSTER_IN_USE,
          CLUSTER_UNFIT ->
          ExitCode.UNFIT;
    };
  }
}
