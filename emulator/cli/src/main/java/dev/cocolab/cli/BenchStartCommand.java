package dev.cocolab.cli;

import dev.cocolab.fixtures.Manifests;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Machine;
import dev.cocolab.lab.Persona;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Measures, on this machine, how long a lab and a confidential pod take to start. */
@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "Measure, phase by phase, process to ready and apply to Running.")
final class BenchStartCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10",
      description = "Pods to start, one after the other (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(names = "--json", description = "Print the milliseconds as JSON.")
  private boolean json;

  BenchStartCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    if (count < 1 || count > 1000) {
      throw new CliException(ExitCode.USAGE, "--count %d is not in 1 to 1000".formatted(count));
    }
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
        report(
            ready,
            new PodStarts(lab.client(Persona.ADMIN), LIMIT)
                .measure(
                    Serialization.unmarshal(
                        Manifests.text("sample-fraud-detection.yaml"), Pod.class),
                    "bench",
                    count));
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
