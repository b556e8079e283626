package dev.cocolab.steps.targets;

import dev.cocolab.steps.targets.cluster.ClusterProvider;
import dev.cocolab.steps.targets.emulator.EmulatorProvider;
import dev.cocolab.steps.targets.emulator.JoinedProvider;
import dev.cocolab.steps.targets.k3s.K3sProvider;
import java.nio.file.Path;
import java.util.Collections;
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

  public Targets(Map<String, Function<Place, TargetProvider>> known) {
    this(known, Set.of());
  }

  /**
   * As the other one.
   *
   * @param serial those on which one scenario runs at a time
   */
  public Targets(Map<String, Function<Place, TargetProvider>> known, Set<String> serial) {
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
            place -> K3sProvider.open(place, System.getenv())),
        Set.of(JoinedProvider.NAME, ClusterProvider.NAME, K3sProvider.NAME));
  }

  /** Whether scenarios share the target, so that one runs at a time. */
  public boolean isSerial(String name) {
    return serial.contains(name);
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
