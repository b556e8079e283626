package dev.cocolab.steps.targets;

import dev.cocolab.steps.targets.emulator.EmulatorProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
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

  private static final Map<String, Function<Place, TargetProvider>> KNOWN =
      Map.of("emulator", EmulatorProvider::open);

  private Targets() {}

  public static Set<String> names() {
    return KNOWN.keySet();
  }

  /**
   * Opens a target by name.
   *
   * @throws IllegalArgumentException for a name that is not one of {@link #names()}
   */
  public static TargetProvider open(String name, Place place) {
    Function<Place, TargetProvider> found = KNOWN.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "there is no target '%s'; known: %s".formatted(name, String.join(", ", names())));
    }
    return found.apply(place);
  }
}
