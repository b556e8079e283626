package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.cli.Terminal;
import dev.cocolab.reports.SiteBuilder;
import dev.cocolab.steps.targets.Targets;
import io.cucumber.core.feature.FeatureWithLines;
import io.cucumber.core.options.RuntimeOptions;
import io.cucumber.core.options.RuntimeOptionsBuilder;
import io.cucumber.core.order.StandardPickleOrders;
import io.cucumber.core.runtime.Runtime;
import io.cucumber.tagexpressions.TagExpressionException;
import io.cucumber.tagexpressions.TagExpressionParser;
import io.qameta.allure.cucumber7jvm.AllureCucumber7Jvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs scenarios, shows them live, and leaves a report. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Run the scenarios on a target and write the report.")
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;
  private final Clock clock = Clock.systemUTC();

  @Parameters(
      paramLabel = "PATH[:LINE]",
      arity = "0..*",
      description = "Feature files or folders, and lines in them (default: all).")
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--features",
      paramLabel = "DIR",
      description = "Run the features of this folder instead of the built-in ones.")
  private Path features;

  @Option(
      names = "--tags",
      paramLabel = "E",
      description = "Tag expression, e.g. '@F11 and not @slow'.")
  private String tags;

  @Option(
      names = "--target",
      paramLabel = "T",
      defaultValue = "emulator",
      description = "Where to run (default: ${DEFAULT-VALUE}).")
  private String target;

  @Option(names = "--seed", paramLabel = "N", description = "Run in the random order of this seed.")
  private Long seed;

  @Option(names = "--junit", paramLabel = "FILE", description = "Also write JUnit XML there.")
  private Path junit;

  RunCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException {
    checkUsage();
    Path home = HomeFolder.open(environment);
    Path output = RunOutput.directory(home);
    Path results = output.resolve("allure-results");
    empty(results);
    System.setProperty("allure.results.directory", results.toString());
    Instant started = clock.instant();
    LiveProgress progress = new LiveProgress(terminal);
    RunResources.begin(Targets.open(target, new Targets.Place(home, terminal::tell)));
    try {
      execute(progress);
    } finally {
      RunResources.end();
    }
    Path index =
        SiteBuilder.build(
            results,
            output.resolve("site"),
            RunPlugin.facts(
                target, started, seed == null ? OptionalLong.empty() : OptionalLong.of(seed)));
    terminal.print(
        "%d passed, %d failed, %d skipped"
            .formatted(progress.passed(), progress.failed(), progress.skipped()));
    terminal.print("report: " + index.toAbsolutePath().normalize());
    return exitCode(progress).code();
  }

  private void execute(LiveProgress progress) {
    RuntimeOptionsBuilder options =
        new RuntimeOptionsBuilder()
            .addGlue(URI.create("classpath:/dev/cocolab/steps/glue"))
            .setNoSummary()
            .setPublishQuiet(true)
            .setMonochrome();
    locations().forEach(options::addFeature);
    if (tags != null) {
      options.addTagFilter(TagExpressionParser.parse(tags));
    }
    if (seed != null) {
      options.setPickleOrder(StandardPickleOrders.random(seed));
      terminal.tell("order: random, seed " + seed);
    }
    if (junit != null) {
      options.addPluginName("junit:" + junit.toAbsolutePath());
    }
    RuntimeOptions built = options.build();
    Runtime.builder()
        .withRuntimeOptions(built)
        .withAdditionalPlugins(progress, new AllureCucumber7Jvm())
        .build()
        .run();
  }

  private List<FeatureWithLines> locations() {
    Path root = features != null ? features : RunOutput.builtInFeatures();
    if (paths.isEmpty()) {
      return List.of(FeatureWithLines.parse(root.toUri().toString()));
    }
    return paths.stream().map(RunCommand::location).toList();
  }

  private static FeatureWithLines location(String path) {
    int colon = path.indexOf(':');
    Path file = Path.of(colon < 0 ? path : path.substring(0, colon)).toAbsolutePath();
    return FeatureWithLines.parse(file.toUri() + (colon < 0 ? "" : path.substring(colon)));
  }

  private void checkUsage() {
    if (!Targets.names().contains(target)) {
      throw new CliException(
          ExitCode.USAGE,
          "there is no target '%s'; known: %s"
              .formatted(target, String.join(", ", Targets.names())));
    }
    if (features != null && !Files.isDirectory(features)) {
      throw new CliException(ExitCode.USAGE, "--features %s is not a folder".formatted(features));
    }
    for (String path : paths) {
      if (!path.matches("[^:]+(:\\d+)*")) {
        throw new CliException(ExitCode.USAGE, "'%s' is not PATH[:LINE]".formatted(path));
      }
      Path file = Path.of(path.replaceFirst(":.*", ""));
      if (!Files.exists(file)) {
        throw new CliException(ExitCode.USAGE, "there is no feature file or folder " + file);
      }
    }
    if (tags != null) {
      try {
        TagExpressionParser.parse(tags);
      } catch (TagExpressionException e) {
        throw new CliException(
            ExitCode.USAGE, "--tags '%s': %s".formatted(tags, e.getMessage()), e);
      }
    }
  }

  /** Nothing ran is never success. */
  private ExitCode exitCode(LiveProgress progress) {
    if (progress.failed() > 0) {
      return ExitCode.NOT_SO;
    }
    if (progress.passed() > 0) {
      return ExitCode.OK;
    }
    if (progress.skipped() > 0) {
      terminal.tell("cocolab: every scenario was skipped; the target lacks what they need");
      return ExitCode.UNFIT;
    }
    terminal.tell(
        "cocolab: no scenario matches" + (tags == null ? "" : " the tags '" + tags + "'"));
    return ExitCode.USAGE;
  }

  private static void empty(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(directory);
  }
}
