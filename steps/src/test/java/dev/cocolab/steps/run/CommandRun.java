package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.Terminal;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code cocolab run} with its target exchanged: the command, Cucumber's runner, progress and
 * report are the real ones, and everything is written below a folder of the test.
 */
final class CommandRun {
  static final URI WORKSHOP_GLUE = URI.create("classpath:/dev/cocolab/steps/glue");
  private static final URI PROBE_GLUE = URI.create("classpath:/dev/cocolab/steps/run/probe");

  private final Path home;
  private final URI glue;
  private final TargetProvider target;
  private final Screen screen;

  private CommandRun(Path home, URI glue, TargetProvider target, Screen screen) {
    this.home = home;
    this.glue = glue;
    this.target = target;
    this.screen = screen;
  }

  /** With probe steps, and a target that offers nothing and is never opened. */
  static CommandRun ofProbes(Path home) {
    return ofProbes(home, new Nowhere());
  }

  /** With probe steps on this target. */
  static CommandRun ofProbes(Path home, TargetProvider target) {
    return new CommandRun(home, PROBE_GLUE, target, Screen.none());
  }

  /** With the steps of the workshop on the same target. */
  static CommandRun withoutTarget(Path home) {
    return new CommandRun(home, WORKSHOP_GLUE, new Nowhere(), Screen.none());
  }

  /** With the steps of the workshop. */
  static CommandRun on(TargetProvider target, Path home) {
    return new CommandRun(home, WORKSHOP_GLUE, target, Screen.none());
  }

  /** The same with a person in front of a terminal. */
  CommandRun watched(int columns) {
    return new CommandRun(home, glue, target, new Screen(true, columns, ""));
  }

  /** The same with somebody who presses Ctrl-C as soon as this is said. */
  CommandRun interruptedAt(String said) {
    return new CommandRun(home, glue, target, new Screen(false, 80, said));
  }

  private record Screen(boolean watched, int columns, String interruptedAt) {
    static Screen none() {
      return new Screen(false, 80, "");
    }

    ByteArrayOutputStream err() {
      return new ByteArrayOutputStream() {
        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
          super.write(bytes, from, length);
          if (!interruptedAt.isEmpty()
              && toString(StandardCharsets.UTF_8).contains(interruptedAt)) {
            Thread.currentThread().interrupt();
          }
        }
      };
    }
  }

  /** What a run left behind. */
  record Ended(int code, List<String> stdout, String stderr, Path reports) {
    JsonNode summary() {
      return JsonMapper.shared().readTree(text("site/run.json"));
    }

    String page() {
      return text("site/index.html");
    }

    /** Of each scenario that is red, by name: where and why. */
    Map<String, Red> red() {
      Map<String, Red> found = new TreeMap<>();
      for (JsonNode scenario : results()) {
        if (!scenario.path("status").asString().equals("passed")) {
          found.put(scenario.path("name").asString(), Red.of(scenario));
        }
      }
      return found;
    }

    /** What Allure's adapter wrote of each scenario. */
    List<JsonNode> results() {
      return written("-result.json");
    }

    /** What it wrote of the hooks around scenarios. */
    List<JsonNode> containers() {
      return written("-container.json");
    }

    private List<JsonNode> written(String ending) {
      try (Stream<Path> files = Files.list(reports.resolve("allure-results"))) {
        return files
            .filter(file -> file.toString().endsWith(ending))
            .map(file -> JsonMapper.shared().readTree(file.toFile()))
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** What stands in a file below the reports. */
    String text(String file) {
      try {
        return Files.readString(reports.resolve(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The first step that did not pass, and its message. */
  record Red(String step, String message) {
    private static Red of(JsonNode scenario) {
      String step = "";
      for (JsonNode one : scenario.path("steps")) {
        if (!one.path("status").asString().equals("passed")) {
          step = one.path("name").asString();
          break;
        }
      }
      return new Red(step, scenario.path("statusDetails").path("message").asString(""));
    }
  }

  Ended run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = screen.err();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true),
            new PrintStream(err, true),
            screen.watched(),
            screen.columns());
    RunSetting setting =
        new RunSetting(
            Map.of("COCOLAB_HOME", home.toString()),
            new Targets(Map.of(target.name(), place -> target)),
            List.of(glue),
            Optional.empty(),
            Clock.systemUTC(),
            1);
    CommandLine line = new CommandLine(new RunCommand(terminal, setting));
    line.setExecutionExceptionHandler(
        (problem, at, parsed) -> {
          if (problem instanceof CliException known) {
            terminal.tell("cocolab: " + known.getMessage());
            return known.exitCode().code();
          }
          throw problem;
        });
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    all[0] = "--target";
    all[1] = target.name();
    int code = line.execute(all);
    return new Ended(
        code,
        out.toString(StandardCharsets.UTF_8).lines().toList(),
        err.toString(StandardCharsets.UTF_8),
        home.resolve("reports"));
  }

  private static final class Nowhere implements TargetProvider {
    @Override
    public String name() {
      return "nowhere";
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of();
    }

    @Override
    public Target open() {
      throw new IllegalStateException("no probe opens a target");
    }

    @Override
    public void close() {
      // Nothing was opened.
    }
  }
}
