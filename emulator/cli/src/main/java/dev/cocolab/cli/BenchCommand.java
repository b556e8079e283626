package dev.cocolab.cli;

import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Measures, on this machine, how long a lab and a confidential pod take to start. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure the lab on this machine, phase by phase.")
final class BenchCommand implements Callable<Integer> {
  /** What can be measured. */
  enum Subject {
    /** From the start of the process to ready, and from apply to Running. */
    START,
    /** Many confidential pods at once, and what stays when many have come and gone. */
    PODS
  }

  private static final int MAX_PODS = 200;

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Parameters(
      paramLabel = "SUBJECT",
      description = {
        "start: process to ready, apply to Running.",
        "pods: many confidential pods at once, their memory, and what they leave behind."
      })
  private Subject subject;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10",
      description = "Pods to start, one after the other (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--pods",
      paramLabel = "N",
      defaultValue = "100",
      description = "With pods: how many run at once (default: ${DEFAULT-VALUE}).")
  private int pods;

  @Option(
      names = "--total",
      paramLabel = "M",
      defaultValue = "0",
      description = "With pods: how many come and go, N at a time (default: N).")
  private int total;

  @Option(
      names = "--json",
      description = "Print the figures as JSON: milliseconds in start; pods names its units.")
  private boolean json;

  BenchCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    if (count < 1 || count > 1000) {
      throw new CliException(ExitCode.USAGE, "--count %d is not in 1 to 1000".formatted(count));
    }
    return switch (subject) {
      case START -> start();
      case PODS -> pods();
    };
  }

  private int pods() {
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

  private int start() {
    Path home = HomeFolder.open(environment);
    Instant begun = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
    Map<String, Duration> ready = new LinkedHashMap<>();
    ready.put("process and command line", Duration.between(begun, Instant.now()));
    long opening = System.nanoTime();
    try (Machine machine = Machine.open(home, environment, terminal::tell)) {
      ready.put("machine", Duration.ofNanos(System.nanoTime() - opening));
      try (Lab lab = Lab.builder(machine).name("bench").start()) {
        ready.putAll(lab.startPhases());
        ready.put("total", Duration.between(begun, Instant.now()));
        report(ready, new PodStarts(lab).measure(count));
      }
    }
    return ExitCode.OK.code();
  }

  private void report(Map<String, Duration> ready, List<Map<String, Duration>> pods) {
    Map<String, List<Duration>> phases = new LinkedHashMap<>();
    pods.forEach(
        pod ->
            pod.forEach(
                (phase, time) -> phases.computeIfAbsent(phase, p -> new ArrayList<>()).add(time)));
    if (json) {
      terminal.print(asJson(ready, phases));
      return;
    }
    terminal.print("from process start to ready");
    ready.forEach((phase, time) -> terminal.print(line(phase, millis(time))));
    terminal.print("");
    terminal.print(
        "from apply to Running: median, least and most of %d confidential pods".formatted(count));
    phases.forEach(
        (phase, times) -> {
          List<Duration> sorted = times.stream().sorted().toList();
          terminal.print(
              line(
                  phase,
                  millis(sorted.get(sorted.size() / 2)),
                  millis(sorted.get(0)),
                  millis(sorted.get(sorted.size() - 1))));
        });
  }

  private static String asJson(Map<String, Duration> ready, Map<String, List<Duration>> phases) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    ObjectNode toReady = json.putObject("ready");
    ready.forEach((phase, time) -> toReady.put(phase, time.toNanos() / 1e6));
    ObjectNode toRunning = json.putObject("running");
    phases.forEach(
        (phase, times) -> {
          var list = toRunning.putArray(phase);
          times.forEach(time -> list.add(time.toNanos() / 1e6));
        });
    return JsonMapper.shared().writeValueAsString(json);
  }

  private static String line(String phase, String... values) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-28s", phase));
    for (String value : values) {
      line.append(String.format(Locale.ROOT, "%12s", value));
    }
    return line.toString();
  }

  private static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.0f ms", time.toNanos() / 1e6);
  }
}
