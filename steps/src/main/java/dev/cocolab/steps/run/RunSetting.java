package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.steps.targets.Targets;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code cocolab run} runs in.
 *
 * @param environment environment variables
 * @param targets the targets that may be named
 * @param glue where the step classes are, as {@code classpath:} URIs
 * @param checkout folder of the sources, which has the features and takes the report; empty for an
 *     installation without sources
 * @param clock the time that the report shows
 * @param parallel how many scenarios run at a time unless the command line says it
 */
record RunSetting(
    Map<String, String> environment,
    Targets targets,
    List<URI> glue,
    Optional<Path> checkout,
    Clock clock,
    int parallel) {
  RunSetting {
    environment = Map.copyOf(environment);
    Objects.requireNonNull(targets, "targets");
    glue = List.copyOf(glue);
    Objects.requireNonNull(checkout, "checkout");
    Objects.requireNonNull(clock, "clock");
  }

  /** The setting of the launcher, which names the checkout in {@code -Dcocolab.root}. */
  static RunSetting ofProcess(Map<String, String> environment) {
    return new RunSetting(
        environment,
        Targets.builtIn(),
        List.of(URI.create("classpath:/dev/cocolab/steps/glue")),
        Optional.ofNullable(System.getProperty("cocolab.root")).map(Path::of),
        Clock.systemUTC(),
        Parallelism.ofThisMachine());
  }

  /** The kubeconfig of a run: what is named, or else what the environment names. */
  Optional<Path> kubeconfig(Path named) {
    return Optional.ofNullable(named)
        .filter(file -> !file.toString().isEmpty())
        .or(
            () ->
                Optional.ofNullable(environment.get("KUBECONFIG"))
                    .filter(text -> !text.isBlank())
                    .map(Path::of));
  }

  /**
   * Where a run leaves its results: {@code reports/target} of the checkout; a folder of the user
   * where there is none to write to.
   */
  Path output(Path home) {
    return checkout
        .map(root -> root.resolve("reports"))
        .filter(Files::isWritable)
        .map(reports -> reports.resolve("target"))
        .orElseGet(() -> home.resolve("reports"));
  }

  /** Where recordings of real targets are, which come with the sources; it need not exist. */
  Path realRecordings() {
    return checkout.map(Checkout::recordings).orElse(Path.of("recordings"));
  }

  /**
   * The features that come with the sources.
   *
   * @throws CliException USAGE when there are no sources
   */
  Path builtInFeatures() {
    return checkout
        .map(root -> root.resolve("features"))
        .orElseThrow(
            () ->
                new CliException(
                    ExitCode.USAGE,
                    "the features are not where they should be; name them with --features"));
  }
}
