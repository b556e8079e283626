package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run in a process of its own that gets a signal in the middle of a scenario. */
@Timeout(120)
class InterruptedRunTest {
  @TempDir private Path folder;

  /** INT is left out: where a shell runs the build in the background, it is ignored. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP"})
  void anInterruptedRunSaysSoAndBlamesNoScenario(String signal) throws Exception {
    Path feature =
        Files.writeString(
            folder.resolve("two.feature"),
            """
            Feature: Interrupted

              Scenario: Passes
                Given a step that passes

              Scenario: Under way
                Given a step that waits for those of other scenarios
                And a step that passes

              Scenario: Comes later
                Given a step that passes
            """);
    Path stdout = folder.resolve("stdout");
    Process process =
        OwnProcess.of(
                TargetThatGoesFirst.class,
                List.of(),
                folder.resolve("home").toString(),
                feature.toString())
            .redirectOutput(stdout.toFile())
            .start();
    List<String> said = new ArrayList<>();
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        if (line.contains(TargetThatGoesFirst.BUSY)) {
          send(signal, process.pid());
        }
      }
    } finally {
      process.destroyForcibly();
    }

    assertThat(process.waitFor()).as(String.join("\n", said)).isEqualTo(130);
    assertThat(said)
        .last()
        .isEqualTo(
            "cocolab: interrupted; until then 1 passed, 0 failed, 0 skipped, and there is no report of it");
    assertThat(String.join("\n", said)).doesNotContain("✗", "has gone", "Comes later");
    assertThat(stdout).isEmptyFile();
  }

  private static void send(String signal, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }
}
