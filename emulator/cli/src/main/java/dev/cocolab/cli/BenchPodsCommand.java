package dev.cocolab.cli;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts many confidential pods at once, and looks what stays when many have come and gone. */
@Command(
    name = "pods",
    mixinStandardHelpOptions = true,
    description =
        "Measure many confidential pods at once, their memory, and what they leave behind.")
final class BenchPodsCommand implements Callable<Integer> {
  private static final int MAX_PODS = 200;

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Option(
      names = "--pods",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many run at once (default: ${DEFAULT-VALUE}).")
  private int pods;

  @Option(
      names = "--total",
      paramLabel = "M",
      defaultValue = "0",
      description = "How many come and go, N at a time (default: N).")
  private int total;

  @Option(names = "--json", description = "Print the figures as JSON, units in their names.")
  private boolean json;

  BenchPodsCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    // Each pod has an address of its own in the node's /24.
    if (pods < 1 || pods > MAX_PODS) {
      throw new CliException(
          ExitCode.USAGE, "--pods %d is not in 1 to %d".formatted(pods, MAX_PODS));
    }
    if (total < 0 || total > 100_000) {
      throw new CliException(ExitCode.USAGE, "--total %d is not in 0 to 100000".formatted(total));
    }
    Path home = HomeFolder.open(environment);
    try (Machine machine = Machine.open(home, environment, terminal::tell);
        Lab lab = Lab.builder(machine).name("bench").start()) {
      PodsBench.Result result =
          new PodsBench(home, lab, terminal::tell).run(pods, Math.max(pods, total));
      PodsReport report = new PodsReport(result);
      terminal.print(json ? report.json() : report.text());
      return result.leaked().isEmpty() ? ExitCode.OK.code() : ExitCode.NOT_SO.code();
    }
  }
}
