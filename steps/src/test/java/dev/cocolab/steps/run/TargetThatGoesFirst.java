package dev.cocolab.steps.run;

import dev.cocolab.cli.Terminal;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * A program that runs scenarios on a target which, as a container of Testcontainers, is taken away
 * as soon as the program begins to end.
 */
final class TargetThatGoesFirst implements TargetProvider {
  static final String BUSY = "the scenario is under way";
  private static final int HOOK_SECONDS = 3;

  private final CountDownLatch gone = new CountDownLatch(1);
  private final CountDownLatch runEnded = new CountDownLatch(1);

  /**
   * Runs a feature.
   *
   * @param arguments COCOLAB_HOME and the feature's file
   */
  public static void main(String[] arguments) {
    TargetThatGoesFirst target = new TargetThatGoesFirst();
    Runtime.getRuntime().addShutdownHook(new Thread(target::takeAway));
    RunSetting setting =
        new RunSetting(
            Map.of("COCOLAB_HOME", arguments[0]),
            new Targets(Map.of(target.name(), place -> target)),
            List.of(URI.create("classpath:/dev/cocolab/steps/run/probe")),
            Optional.empty(),
            Clock.systemUTC(),
            1);
    int code =
        new CommandLine(new RunCommand(new Terminal(System.out, System.err, false), setting))
            .execute("--target", target.name(), Path.of(arguments[1]).toString());
    target.runEnded.countDown();
    System.exit(code);
  }

  /** Gives the run time to say something of it, as the end of a container does. */
  private void takeAway() {
    gone.countDown();
    await(HOOK_SECONDS);
  }

  private void await(int seconds) {
    try {
      runEnded.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String name() {
    return "goes-first";
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public Target open() {
    System.err.println(BUSY);
    try {
      gone.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("the API server has gone");
  }

  @Override
  public void close() {
    // Goes with the program.
  }
}
