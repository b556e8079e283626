package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.cli.crypto.CryptoProviders;
import dev.cocolab.reports.DriftInput;
import dev.cocolab.reports.PerformanceInput;
import dev.cocolab.reports.RunFacts;
import dev.cocolab.reports.SiteBuilder;
import dev.cocolab.steps.record.Recorder;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import dev.cocolab.steps.targets.k3s.K3sProvider;
import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.TestRunFinished;
import io.cucumber.plugin.event.TestRunStarted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cucumber plugin for runs under Maven: opens the target that {@code -Dcocolab.target} names when
 * the run starts, and builds the report when it ends, also after failures.
 */
public final class RunPlugin implements ConcurrentEventListener {
  private static final Logger LOG = LoggerFactory.getLogger(RunPlugin.class);

  private Instant started = Instant.EPOCH;

  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(TestRunStarted.class, this::begin);
    publisher.registerHandlerFor(TestRunFinished.class, this::end);
  }

  private void begin(TestRunStarted event) {
    started = event.getInstant();
    LOG.info("cryptography by {}", new CryptoProviders().install(System.getenv()).text());
    String target = System.getProperty("cocolab.target", "emulator");
    Path home = HomeFolder.open(System.getenv());
    TargetProvider provider =
        open(
            Targets.builtIn(),
            target,
            new Targets.Place(
                home, LOG::info, Optional.ofNullable(System.getenv("KUBECONFIG")).map(Path::of)));
    RunResources.begin(
        provider,
        home,
        false,
        Optional.of(new Recorder(recordings(), provider.name(), Clock.systemUTC())));
  }

  /**
   * Opens the target. k3s is a second look that a build takes beside the emulator: on a machine
   * that is not fit for it each scenario is skipped with the reason. Any other target was asked
   * for, and a green build in which nothing ran would be no answer.
   *
   * @throws CliException UNFIT for any target but k3s, and whatever else opening it throws
   */
  static TargetProvider open(Targets targets, String target, Targets.Place place) {
    try {
      return targets.open(target, place);
    } catch (CliException e) {
      if (e.exitCode() != ExitCode.UNFIT || !target.equals(K3sProvider.NAME)) {
        throw e;
      }
      LOG.warn("every scenario is skipped: {}", e.getMessage());
      return new UnfitTarget(target, e.getMessage());
    }
  }

  private void end(TestRunFinished event) {
    String target = RunResources.current().targetName();
    try {
      Path results =
          Path.of(System.getProperty("allure.results.directory", "target/allure-results"));
      Path site = Path.of(System.getProperty("cocolab.site", "target/site"));
      Path numbers = results.resolveSibling(RunCommand.MEASUREMENTS);
      RunResources.current().measurements().write(numbers, started, target);
      Path real =
          Checkout.recordings(Path.of(System.getProperty("cocolab.root", "..")).toAbsolutePath());
      Path index =
          SiteBuilder.build(
              results,
              site,
              facts(target, started, OptionalLong.empty()),
              new DriftInput(real, recordings()),
              new PerformanceInput(
                  numbers, RunResources.current().home().resolve(RunCommand.HISTORY)));
      LOG.info("report: {}", index.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      RunResources.end();
    }
  }

  private static Path recordings() {
    return Path.of(System.getProperty("cocolab.recordings", "target/recordings"));
  }

  static RunFacts facts(String target, Instant started, OptionalLong seed) {
    return new RunFacts(
        target,
        "redhat-1.2",
        started,
        seed,
        Checkout.commit(),
        Map.of("Java", Runtime.version().toString(), "Kernel", System.getProperty("os.version")));
  }
}
