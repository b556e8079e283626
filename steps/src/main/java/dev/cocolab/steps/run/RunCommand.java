package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.cli.Terminal;
import dev.cocolab.reports.DriftInput;
import dev.cocolab.reports.PerformanceInput;
import dev.cocolab.reports.SiteBuilder;
import dev.cocolab.steps.record.Recorder;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import io.cucumber.core.feature.FeatureWithLines;
import io.cucumber.core.options.RuntimeOptionsBuilder;
import io.cucumber.core.order.StandardPickleOrders;
import io.cucumber.core.runtime.Runtime;
import io.cucumber.plugin.Plugin;
import io.cucumber.tagexpressions.TagExpressionException;
import io.cucumber.tagexpressions.TagExpressionParser;
import io.qameta.allure.AllureLifecycle;
import io.qameta.allure.FileSystemResultsWriter;
import io.qameta.allure.cucumber7jvm.AllureCucumber7Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private static final String RESULTS = "allure-results";
  private static final String RECORDINGS = "recordings";

  /** Beside the results. */
  static final String MEASUREMENTS = "performance.json";

  /** In the home folder, which outlives a clean build. */
  static final String HISTORY = "performance-history.json";

  private final Terminal terminal;
  private final RunSetting setting;

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

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "Administrator's kubeconfig of the cluster that the target needs (default: $KUBECONFIG).")
  private Path kubeconfig;

  @Option(names = "--seed", paramLabel = "N", description = "Run in the random order of this seed.")
  private Long seed;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "How many scenarios run at a time, 1 to 16 (default: half of the processors, at most 4,"
              + " fewer where memory is short). With 1, steps are shown live.")
  private Integer parallel;

  @Option(
      names = "--keep",
      description = "Leave the target of each failed scenario as it is until Ctrl-C.")
  private boolean keep;

  @Option(names = "--junit", paramLabel = "FILE", description = "Also write JUnit XML there.")
  private Path junit;

  @Option(
      names = "--dry-run",
      description =
          "Only print what a run would do and cost; for targets that can tell. Needs no credentials"
              + " and changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--record",
      paramLabel = "DIR",
      description = "Also write down there what the target answered, without secrets.")
  private Path record;

  RunCommand(Terminal terminal, RunSetting setting) {
    this.terminal = terminal;
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    checkUsage();
    SelectedScenarios selected = SelectedScenarios.of(options().build());
    if (dryRun) {
      return plan(selected.count()).code();
    }
    RunCounts counts = new RunCounts();
    AtomicBoolean reported = new AtomicBoolean();
    try (Interruption interruption =
        Interruption.listen(terminal, () -> reported.get() ? "" : counts.soFar())) {
      return run(selected, counts, interruption, reported);
    }
  }

  private int run(
      SelectedScenarios selected,
      RunCounts counts,
      Interruption interruption,
      AtomicBoolean reported)
      throws IOException {
    int atATime = Math.max(1, Math.min(wantedAtATime(), selected.count()));
    RunProgress progress = RunProgress.of(terminal, atATime);
    Path home = HomeFolder.open(setting.environment());
    Path output = setting.output(home);
    Path results = output.resolve(RESULTS);
    empty(results);
    Path recordings = record == null ? output.resolve(RECORDINGS) : record;
    if (record == null) {
      empty(recordings);
    }
    Optional<JunitFile> junitFile = Optional.ofNullable(junit).map(JunitFile::new);
    if (junitFile.isPresent()) {
      junitFile.get().clear();
    }
    Instant started = setting.clock().instant();
    TargetProvider provider =
        setting
            .targets()
            .open(target, new Targets.Place(home, progress::tell, setting.kubeconfig(kubeconfig)));
    RunResources.begin(
        provider,
        home,
        keep,
        Optional.of(new Recorder(recordings, provider.name(), setting.clock())));
    try {
      if (seed != null) {
        terminal.tell("order: random, seed " + seed);
      }
      List<Plugin> plugins = new ArrayList<>(List.of(interruption, progress, counts));
      junitFile.ifPresent(plugins::add);
      plugins.add(
          new AllureCucumber7Jvm(new AllureLifecycle(new FileSystemResultsWriter(results))));
      Runtime.builder()
          .withRuntimeOptions(options().setThreads(atATime).build())
          .withFeatureSupplier(selected::features)
          .withAdditionalPlugins(plugins.toArray(Plugin[]::new))
          .build()
          .run();
      junitFile.ifPresent(JunitFile::write);
      report(counts, home, output, recordings, started);
      reported.set(true);
      KeptTargets.of(RunResources.current(), output).showUntilInterrupted(terminal);
    } catch (IOException | RuntimeException | Error e) {
      interruption.hold();
      endAfter(e);
      throw e;
    }
    Optional<String> outage = RunResources.current().outageSoFar();
    ExitCode code = exitCode(counts, outage);
    try {
      RunResources.end();
    } catch (CliException e) {
      if (code != ExitCode.NOT_SO) {
        throw e;
      }
      terminal.tell("cocolab: " + e.getMessage());
    }
    return code.code();
  }

  private static void endAfter(Throwable first) {
    try {
      RunResources.end();
    } catch (RuntimeException second) {
      first.addSuppressed(second);
    }
  }

  private ExitCode plan(int scenarios) {
    if (scenarios == 0) {
      return noneMatches();
    }
    setting
        .targets()
        .plan(target)
        .orElseThrow()
        .lines(setting.environment(), scenarios + (scenarios == 1 ? " scenario" : " scenarios"))
        .forEach(terminal::print);
    return ExitCode.OK;
  }

  private int wantedAtATime() {
    if (setting.targets().isSerial(target)) {
      return 1;
    }
    return parallel == null ? setting.parallel() : parallel;
  }

  private void report(RunCounts counts, Path home, Path output, Path recordings, Instant started)
      throws IOException {
    Path numbers = output.resolve(MEASUREMENTS);
    RunResources resources = RunResources.current();
    resources.measurements().write(numbers, started, resources.targetName());
    Path index =
        SiteBuilder.build(
            output.resolve(RESULTS),
            output.resolve("site"),
            RunPlugin.facts(
                RunResources.current().targetName(),
                started,
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed)),
            new DriftInput(setting.realRecordings(), recordings),
            new PerformanceInput(numbers, home.resolve(HISTORY)));
    terminal.print(
        "%d passed, %d failed, %d skipped"
            .formatted(counts.passed(), counts.failed(), counts.skipped()));
    terminal.print("report: " + index.toAbsolutePath().normalize());
  }

  private RuntimeOptionsBuilder options() {
    RuntimeOptionsBuilder options =
        new RuntimeOptionsBuilder().setNoSummary().setPublishQuiet(true).setMonochrome();
    setting.glue().forEach(options::addGlue);
    locations().forEach(options::addFeature);
    if (tags != null) {
      options.addTagFilter(TagExpressionParser.parse(tags));
    }
    if (seed != null) {
      options.setPickleOrder(StandardPickleOrders.random(seed));
    }
    return options;
  }

  private List<FeatureWithLines> locations() {
    if (!paths.isEmpty()) {
      return paths.stream().map(RunCommand::location).toList();
    }
    Path root = features != null ? features : setting.builtInFeatures();
    return List.of(FeatureWithLines.parse(root.toUri().toString()));
  }

  private static FeatureWithLines location(String path) {
    int colon = path.indexOf(':');
    Path file = Path.of(colon < 0 ? path : path.substring(0, colon)).toAbsolutePath();
    return FeatureWithLines.parse(file.toUri() + (colon < 0 ? "" : path.substring(colon)));
  }

  private void checkUsage() {
    if (!setting.targets().names().contains(target)) {
      throw new CliException(
          ExitCode.USAGE,
          "there is no target '%s'; known: %s"
              .formatted(target, String.join(", ", setting.targets().names())));
    }
    if (dryRun && setting.targets().plan(target).isEmpty()) {
      throw new CliException(
          ExitCode.USAGE,
          "--dry-run: the target '%s' has no plan to print; those that have: %s"
              .formatted(target, String.join(", ", setting.targets().planned())));
    }
    if (parallel != null && (parallel < 1 || parallel > Parallelism.MOST)) {
      throw new CliException(
          ExitCode.USAGE,
          "--parallel %d: from 1 to %d scenarios can run at a time"
              .formatted(parallel, Parallelism.MOST));
    }
    if (parallel != null && parallel > 1 && setting.targets().isSerial(target)) {
      throw new CliException(
          ExitCode.USAGE,
          "--parallel %d: on the target '%s' one scenario runs at a time"
              .formatted(parallel, target));
    }
    if (features != null && (features.toString().isEmpty() || !Files.isDirectory(features))) {
      throw new CliException(ExitCode.USAGE, "--features '%s' is not a folder".formatted(features));
    }
    if (keep && setting.targets().isSerial(target)) {
      throw new CliException(
          ExitCode.USAGE,
          "--keep: on the target '%s' each scenario needs the cluster as it was".formatted(target));
    }
    if (record != null) {
      WritableOutput.require("--record", record, record);
    }
    if (junit != null) {
      WritableOutput.require("--junit", junit, junit.toAbsolutePath().getParent());
    }
    for (String path : paths) {
      if (!path.matches("[^:]+(:\\d{1,9})*")) {
        throw new CliException(ExitCode.USAGE, "'%s' is not PATH[:LINE]".formatted(path));
      }
      Path file = Path.of(path.replaceFirst(":.*", ""));
      if (!Files.exists(file)) {
        throw new CliException(ExitCode.USAGE, "there is no feature file or folder " + file);
      }
      if (path.contains(":") && !(path.contains(".feature:") && Files.isRegularFile(file))) {
        throw new CliException(
            ExitCode.USAGE, "'%s' names a line, but %s is no feature file".formatted(path, file));
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

  /**
   * Nothing ran is never success, and a product that has failed stays one, whatever became of its
   * target.
   */
  private ExitCode exitCode(RunCounts counts, Optional<String> outage) {
    outage.ifPresent(why -> terminal.tell("cocolab: " + why));
    if (counts.failed() > 0) {
      return ExitCode.NOT_SO;
    }
    if (outage.isPresent()) {
      return ExitCode.UNREACHABLE;
    }
    if (counts.passed() > 0) {
      return ExitCode.OK;
    }
    if (counts.skipped() > 0) {
      terminal.tell("cocolab: every scenario was skipped; the target lacks what they need");
      return ExitCode.UNFIT;
    }
    return noneMatches();
  }

  private ExitCode noneMatches() {
    terminal.tell(
        "cocolab: no scenario matches%s%s"
            .formatted(
                paths.isEmpty() ? "" : " " + String.join(" ", paths),
                tags == null ? "" : " the tags '" + tags + "'"));
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
