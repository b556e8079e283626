package dev.cocolab.steps.targets;

import dev.cocolab.steps.targets.aro.AroPlans;
import dev.cocolab.steps.targets.aro.AroProvider;
import dev.cocolab.steps.targets.cluster.ClusterProvider;
import dev.cocolab.steps.targets.emulator.EmulatorProvider;
import dev.cocolab.steps.targets.emulator.JoinedProvider;
import dev.cocolab.steps.targets.k3s.K3sProvider;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** The targets there are, by name. */
public final class Targets {
  /**
   * What a provider is made from.
   *
   * @param home {@code $COCOLAB_HOME}
   * @param progress lines for a person who waits
   * @param kubeconfig of the cluster that was named for the run
   */
  public record Place(Path home, Consumer<String> progress, Optional<Path> kubeconfig) {
    public Place {
      Objects.requireNonNull(kubeconfig, "kubeconfig");
    }

    /** A place without a cluster of its own. */
    public Place(Path home, Consumer<String> progress) {
      this(home, progress, Optional.empty());
    }
  }

  private final Map<String, Function<Place, TargetProvider>> known;
  private final Set<String> serial;
  private final TreeMap<String, Plan> plans;

  /** What a run on a target would do, without doing any of it. */
  @FunctionalInterface
  public interface Plan {
    /**
     * The plan as lines.
     *
     * @param environment environment variables
     * @param what the scenarios, in words
     */
    List<String> lines(Map<String, String> environment, String what);
  }

  public Targets(Map<String, Function<Place, TargetProvider>> known) {
    this(known, Set.of());
  }

  /**
   * As the other one.
   *
   * @param serial those on which one scenario runs at a time
   */
  public Targets(Map<String, Function<Place, TargetProvider>> known, Set<String> serial) {
    this(known, serial, Map.of());
  }

  /**
   * As the other one.
   *
   * @param plans of those that can tell what a run would do
   */
  public Targets(
      Map<String, Function<Place, TargetProvider>> known,
      Set<String> serial,
      Map<String, Plan> plans) {
    this.plans = new TreeMap<>(plans);
    this.known = new TreeMap<>(known);
    this.serial = Set.copyOf(serial);
  }

  /** Those that come with CoCoLab. */
  public static Targets builtIn() {
    return new Targets(
        Map.of(
            "emulator",
            EmulatorProvider::open,
            JoinedProvider.NAME,
            JoinedProvider::open,
            ClusterProvider.NAME,
            place -> ClusterProvider.open(place.kubeconfig()),
            K3sProvider.NAME,
            place -> K3sProvider.open(place, System.getenv()),
            AroProvider.NAME,
            AroProvider::open),
        Set.of(JoinedProvider.NAME, ClusterProvider.NAME, K3sProvider.NAME, AroProvider.NAME),
        Map.of(AroProvider.NAME, AroPlans::lines));
  }

  /** Whether scenarios share the target, so that one runs at a time. */
  public boolean isSerial(String name) {
    return serial.contains(name);
  }

  /** What a run there would do; empty for a target of which no plan can be told. */
  public Optional<Plan> plan(String name) {
    return Optional.ofNullable(plans.get(name));
  }

  /** Names of those that have a plan. */
  public Set<String> planned() {
    return Collections.unmodifiableSet(plans.keySet());
  }

  /** In alphabetical order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(known.keySet());
  }

  /**
   * Opens a target by name.
   *
   * @throws IllegalArgumentException for a name that is not one of {@link #names()}
   */
  public TargetProvider open(String name, Place place) {
    Function<Place, TargetProvider> found = known.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "there is no target '%s'; known: %s".formatted(name, String.join(", ", names())));
    }
    return found.apply(place);
  }
}
