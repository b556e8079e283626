package dev.cocolab.steps.run;

import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import dev.cocolab.steps.targets.TargetProvider;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What all scenarios of one run share: the provider of targets. Cucumber makes step classes anew
 * for each scenario and lets nothing be handed in from outside, so the one reference to it is here;
 * it is set by the runner, or on first use from the system property {@code cocolab.target}.
 */
public final class RunResources {
  private static final AtomicReference<RunResources> CURRENT = new AtomicReference<>();

  private final TargetProvider provider;

  private RunResources(TargetProvider provider) {
    this.provider = provider;
  }

  /** Makes these the resources of the run that begins now. */
  public static void begin(TargetProvider provider) {
    if (!CURRENT.compareAndSet(null, new RunResources(provider))) {
      throw new IllegalStateException("a run is already under way in this JVM");
    }
  }

  /** Gives the provider back; does nothing when no run has begun. */
  public static void end() {
    RunResources ended = CURRENT.getAndSet(null);
    if (ended != null) {
      ended.provider.close();
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

  public String targetName() {
    return provider.name();
  }

  public Set<Capability> capabilities() {
    return provider.capabilities();
  }

  public Target openTarget() {
    return provider.open();
  }
}
