package dev.cocolab.steps;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.steps.targets.Capability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Cucumber itself lets pass: a scenario without steps, a tag that nobody knows. */
class FeatureFilesTest {
  private static final Path FEATURES = Path.of("..", "features");
  private static final Pattern STABLE_ID =
      Pattern.compile("@(F\\d{2}[a-z]?|T-\\d{2}[a-z]?|attack|slow|alone|unreached)");

  static Stream<Path> features() throws IOException {
    try (Stream<Path> all = Files.walk(FEATURES)) {
      return all.filter(path -> path.toString().endsWith(".feature")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("features")
  void everyScenarioHasSteps(Path feature) {
    List<String> empty = new ArrayList<>();
    String scenario = null;
    boolean hasStep = true;
    for (String line : lines(feature).toList()) {
      if (line.startsWith("Scenario")) {
        if (!hasStep) {
          empty.add(scenario);
        }
        scenario = line;
        hasStep = false;
      } else if (line.matches("(Given|When|Then) .*")) {
        hasStep = true;
      }
    }
    if (!hasStep) {
      empty.add(scenario);
    }
    assertThat(empty).as("scenarios without steps in %s", feature).isEmpty();
    assertThat(scenario).as("at least one scenario in %s", feature).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("features")
  void everyTagIsDocumented(Path feature) {
    assertThat(lines(feature).filter(line -> line.startsWith("@")))
        .flatMap(line -> List.of(line.split("\\s+")))
        .allMatch(
            tag -> STABLE_ID.matcher(tag).matches() || Capability.ofTag(tag).isPresent(), "known");
  }

  private static Stream<String> lines(Path feature) {
    try {
      return Files.readAllLines(feature).stream().map(String::strip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
