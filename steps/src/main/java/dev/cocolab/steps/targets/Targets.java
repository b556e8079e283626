package dev.cocolab.steps.targets;

import dev.cocolab.steps.targets.emulator.EmulatorProvider;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
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
   */
  public record Place(Path home, Consumer<String> progress) {}

  private final Map<String, Function<Place, TargetProvider>> known;

  public Targets(Map<String, Function<Place, TargetProvider>> known) {
    this.known = new TreeMap<>(known);
  }

  /** Those that come with CoCoLab. */
  public static Targets builtIn() {
    return new Targets(Map.of("emulator", EmulatorProvider::open));
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
