package dev.cocolab.steps.run;

import dev.cocolab.steps.performance.Measurements;
import dev.cocolab.steps.record.Recorder;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.opentest4j.TestAbortedException;

/**
 * What all scenarios of one run share: the provider of targets. Cucumber makes step classes anew
 * for each scenario and lets nothing be handed in from outside, so the one reference to it is here;
 * it is set by the runner, or on first use from the system property {@code cocolab.target}.
 */
public final class RunResources {
  private static final AtomicReference<RunResources> CURRENT = new AtomicReference<>();

  private final TargetProvider provider;
  private final boolean keepsFailed;
  private final Optional<Recorder> recorder;
  private final Path home;
  private final AtomicReference<String> outage = new AtomicReference<>();
  private final Turns turns = new Turns();
  private final Measurements measurements = new Measurements(System.getenv());
  private final List<Kept> kept = new CopyOnWriteArrayList<>();

  /**
   * The target of a failed scenario, left as it was.
   *
   * @param scenario name of the scenario
   * @param target still open
   */
  public record Kept(String scenario, Target target) {}

  private RunResources(
      TargetProvider provider, Path home, boolean keepsFailed, Optional<Recorder> recorder) {
    this.home = home;
    this.provider = provider;
    this.keepsFailed = keepsFailed;
    this.recorder = recorder;
  }

  /**
   * Makes these the resources of the run that begins now.
   *
   * @param home folder in which a run may keep what the next one can use
   * @param keepsFailed leaves the targets of failed scenarios open
   * @param recorder writes down what scenarios saw of their target
   */
  public static void begin(
      TargetProvider provider, Path home, boolean keepsFailed, Optional<Recorder> recorder) {
    if (!CURRENT.compareAndSet(null, new RunResources(provider, home, keepsFailed, recorder))) {
      throw new IllegalStateException("a run is already under way in this JVM");
    }
  }

  /** Gives the provider back; does nothing when no run has begun. */
  public static void end() {
    RunResources ended = CURRENT.getAndSet(null);
    if (ended != null) {
      try (TargetProvider closing = ended.provider;
          Measurements measured = ended.measurements) {
        List<Kept> newestFirst = new ArrayList<>(ended.kept);
        Collections.reverse(newestFirst);
        newestFirst.forEach(one -> one.target().close());
      }
    }
  }

  public static RunResources current() {
    RunResources resources = CURRENT.get();
    if (resources == null) {
      throw new IllegalStateException(
          "no run has begun: add the plugin " + RunPlugin.class.getName());
    }
    return resources;
  }

  /** Folder in which a run may keep what the next one can use. */
  public Path home() {
    return home;
  }

  /** Which scenarios run at the same time. */
  public Turns turns() {
    return turns;
  }

  /** What scenarios of this run have measured. */
  public Measurements measurements() {
    return measurements;
  }

  public Optional<Recorder> recorder() {
    return recorder;
  }

  public String targetName() {
    return provider.name();
  }

  public Set<Capability> capabilities() {
    return provider.capabilities();
  }

  /**
   * Ends a scenario's use of its target: closed, or kept if the scenario failed and that is wanted.
   */
  public void release(String scenario, Target target, boolean failed) {
    if (failed && keepsFailed) {
      kept.add(new Kept(scenario, target));
    } else {
      target.close();
    }
  }

  /** Targets of failed scenarios so far. */
  public List<Kept> kept() {
    return List.copyOf(kept);
  }

  /**
   * The target of the scenario that begins.
   *
   * @throws TestAbortedException when nothing can be learnt there any more
   */
  public Target openTarget() {
    outage()
        .ifPresent(
            why -> {
              throw new TestAbortedException("skipped: " + why);
            });
    return provider.open();
  }

  /** Asks the provider why scenarios can learn nothing any more, and remembers the answer. */
  public Optional<String> outage() {
    provider.outage().ifPresent(why -> outage.compareAndSet(null, why));
    return outageSoFar();
  }

  /** What {@link #outage} has found so far. */
  Optional<String> outageSoFar() {
    return Optional.ofNullable(outage.get());
  }

  /** Of the run that is under way, if one is: why the scenario that has failed proves nothing. */
  static Optional<String> whyNotJudged() {
    return Optional.ofNullable(CURRENT.get()).flatMap(RunResources::outage);
  }
}
