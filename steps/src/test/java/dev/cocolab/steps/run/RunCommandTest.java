package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.CocoLab;
import dev.cocolab.cli.Terminal;
import dev.cocolab.steps.run.CommandRun.Ended;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Exit codes, the last lines, and what the report says of each way a scenario can end. */
class RunCommandTest {
  private static final String TWO =
      """
      # A comment: no scenario is here.
      Feature: Two scenarios

        @first
        Scenario: One
          Given a step that passes

        @second
        Scenario: Two
          Given a step that passes
          And a step that passes
      """;

  @TempDir private Path folder;

  @Test
  void passedRunEndsWithCountsAndReport() {
    Ended ended = run(feature(TWO));

    assertThat(ended.code()).isZero();
    assertThat(ended.stdout())
        .containsExactly(
            "2 passed, 0 failed, 0 skipped",
            "report: " + ended.reports().resolve("site").resolve("index.html"));
    assertThat(ended.reports().resolve("site/index.html")).isRegularFile();
    assertThat(ended.summary().path("state").asString()).isEqualTo("passed");
    assertThat(ended.stderr()).contains("Feature: Two scenarios", "  Scenario: One");
  }

  @Test
  void failingScenarioExitsOneAndTheReportNamesTheStep() {
    Ended ended =
        run(
            feature(
                """
                Feature: Probe
                  Scenario: Counts to four
                    Given a step that passes
                    And a step that fails
                    And a step that passes
                """));

    assertThat(ended.code()).isOne();
    assertThat(ended.stdout())
        .containsExactly(
            "0 passed, 1 failed, 0 skipped",
            "report: " + ended.reports().resolve("site").resolve("index.html"));
    assertThat(ended.stderr())
        .contains("✗ And a step that fails", "the probe found 3 instead of 4")
        .contains("- And a step that passes");
    assertThat(onlyScenario(ended).path("outcome").asString()).isEqualTo("failed");
    assertThat(ended.page())
        .contains("Counts to four", "And a step that fails", "the probe found 3 instead of 4");
  }

  @ParameterizedTest
  @CsvSource({
    "'Given a sentence that nobody wrote', no step class knows this sentence",
    "'Given a step that nobody has finished', nobody has finished it",
    "'', the scenario has no steps: it proves nothing"
  })
  void whatProvesNothingIsRed(String step, String reason) {
    Ended ended = run(feature("Feature: Probe\n  Scenario: Proves nothing\n    " + step + "\n"));

    assertThat(ended.code()).isOne();
    assertThat(ended.stdout()).first().isEqualTo("0 passed, 1 failed, 0 skipped");
    assertThat(ended.stderr()).contains("✗ " + (step.isEmpty() ? reason : step)).contains(reason);
    JsonNode scenario = onlyScenario(ended);
    assertThat(scenario.path("outcome").asString()).isEqualTo("failed");
    assertThat(scenario.path("reason").asString()).isEqualTo(reason);
    assertThat(ended.page()).contains(reason).contains(step);
  }

  @Test
  void emptyScenarioIsRedAlsoAfterABackground() {
    Ended ended =
        run(
            feature(
                """
                Feature: Probe
                  Background:
                    Given a step that passes

                  Scenario: Empty
                """));

    assertThat(ended.code()).isOne();
    assertThat(onlyScenario(ended).path("outcome").asString()).isEqualTo("failed");
  }

  @Test
  void redScenarioIsNotHiddenByGreenOnes() {
    Ended ended = run(feature(TWO + "\n  Scenario: Three\n    Given a sentence unknown\n"));

    assertThat(ended.code()).isOne();
    assertThat(ended.stdout()).first().isEqualTo("2 passed, 1 failed, 0 skipped");
  }

  @Test
  void allSkippedExitsThree() {
    Ended ended =
        run(feature("Feature: Probe\n  Scenario: S\n    Given a step that does not apply here\n"));

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.stdout()).first().isEqualTo("0 passed, 0 failed, 1 skipped");
    assertThat(onlyScenario(ended).path("outcome").asString()).isEqualTo("skipped");
  }

  @Test
  void scenarioThatNeedsWhatTheTargetLacksIsSkippedBeforeTheTargetOpens() {
    Path feature =
        feature(
            """
            Feature: Needs
              @needs-azure
              Scenario: A sweeper leaves nothing behind
                When the developer applies the pod "decryption-fraud-detection"
            """);

    Ended ended = CommandRun.withoutTarget(folder.resolve("home")).run(feature.toString());

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.stdout()).first().isEqualTo("0 passed, 0 failed, 1 skipped");
    assertThat(ended.stderr())
        .contains("the target 'nowhere' does not offer [AZURE]")
        .contains("every scenario was skipped");
  }

  @Test
  void tagsSelect() {
    assertThat(run("--tags", "@first and not @second", feature(TWO).toString()).stdout())
        .first()
        .isEqualTo("1 passed, 0 failed, 0 skipped");
  }

  @Test
  void tagsThatMatchNothingExitTwo() {
    Ended ended = run("--tags", "@third", feature(TWO).toString());

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.stdout()).first().isEqualTo("0 passed, 0 failed, 0 skipped");
    assertThat(ended.stderr()).contains("no scenario matches", "the tags '@third'");
  }

  @ParameterizedTest
  @CsvSource({"':5', 1", "':9', 1", "':5:9', 2", "':2', 2", "'', 2"})
  void linesSelectScenarios(String lines, int passed) {
    Ended ended = run(feature(TWO) + lines);

    assertThat(ended.code()).isZero();
    assertThat(ended.stdout()).first().isEqualTo(passed + " passed, 0 failed, 0 skipped");
  }

  @ParameterizedTest
  @ValueSource(strings = {":1", ":6", ":7", ":999"})
  void lineThatMatchesNoScenarioExitsTwo(String line) {
    String path = feature(TWO) + line;

    Ended ended = run(path);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.stdout()).first().isEqualTo("0 passed, 0 failed, 0 skipped");
    assertThat(ended.stderr()).contains("no scenario matches " + path);
  }

  @Test
  void folderReplacesTheBuiltInFeatures() {
    Path features = feature(TWO).getParent();

    assertThat(run("--features", features.toString()).stdout())
        .first()
        .isEqualTo("2 passed, 0 failed, 0 skipped");
  }

  @Test
  void folderWithoutFeaturesExitsTwo() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThat(run("--features", empty.toString()).code()).isEqualTo(2);
  }

  @Test
  void featureThatDoesNotParseExitsTwoAndNamesFileAndLine() {
    Path feature =
        feature("Feature: Probe\n  Scenario: S\n    Given a step that passes\n  nonsense\n");

    Ended ended = run(feature);

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.stderr()).contains(feature.getFileName().toString(), "(4:3)");
  }

  @Test
  void seedIsToldAndReported() {
    Ended ended = run("--seed", "7", feature(TWO).toString());

    assertThat(ended.stderr()).contains("order: random, seed 7");
    assertThat(ended.summary().path("seed").asLong()).isEqualTo(7);
  }

  @Test
  void resultsOfAnEarlierRunAreGone() {
    run(feature(TWO));

    Ended second = run(feature(TWO) + ":5");

    assertThat(second.summary().path("counts").path("passed").asInt()).isOne();
  }

  @Test
  void runsDoNotTouchTheProcessWideResultsFolder() {
    String before = System.getProperty("allure.results.directory");

    Ended ended = run(feature(TWO));

    assertThat(System.getProperty("allure.results.directory")).isEqualTo(before);
    assertThat(ended.reports().resolve("allure-results"))
        .isDirectoryContaining("glob:**-result.json");
  }

  @ParameterizedTest
  @CsvSource({
    "--target mars, there is no target 'mars'; known: aro",
    "no/such.feature, there is no feature file or folder no/such.feature",
    "no/such.feature:3, there is no feature file or folder no/such.feature",
    "pom.xml:3, 'pom.xml:3' names a line, but pom.xml is no feature file",
    "src:3, 'src:3' names a line, but src is no feature file",
    "pom.xml:12345678901, 'pom.xml:12345678901' is not PATH[:LINE]",
    "pom.xml:three, 'pom.xml:three' is not PATH[:LINE]",
    "pom.xml:, 'pom.xml:' is not PATH[:LINE]",
    "--features pom.xml, --features 'pom.xml' is not a folder",
    "--features=, --features '' is not a folder",
    "--junit src, --junit 'src' is no name of a file; name one",
    "--junit=, --junit '' is no name of a file; name one",
    "--record=, --record '' is no name of a folder; name one",
    "--tags @a_and, --tags '@a and': ",
    "--seed seven, Invalid value for option '--seed'",
    "--parallel 0, --parallel 0: from 1 to 16 scenarios can run at a time",
    "--parallel -1, --parallel -1: from 1 to 16 scenarios can run at a time",
    "--parallel 17, --parallel 17: from 1 to 16 scenarios can run at a time",
    "--record /etc/hosts/x, --record /etc/hosts/x: /etc/hosts/x is no folder",
    "--junit /etc/hosts/x.xml, --junit /etc/hosts/x.xml: /etc/hosts is no folder",
    "--target cluster --keep, --keep: on the target 'cluster' each scenario needs",
    "--parallel many, Invalid value for option '--parallel'",
    "--tagz @a, Unknown option",
    "--dry-run, --dry-run: the target 'emulator' has no plan to print; those that have: aro",
  })
  void wrongUsageExitsTwoAndSaysWhatIsWrong(String arguments, String complaint) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> line = new ArrayList<>(List.of("run"));
    List.of(arguments.split(" ")).forEach(word -> line.add(word.replace('_', ' ')));

    int code =
        CocoLab.run(
            new Terminal(new PrintStream(out, true), new PrintStream(err, true), false),
            Map.of("COCOLAB_HOME", folder.resolve("home").toString()),
            line);

    assertThat(code).isEqualTo(2);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("cocolab: ").contains(complaint);
    assertThat(folder.resolve("home")).doesNotExist();
  }

  @Test
  void planNeedsNoSettingAndDoesNothing() {
    Printed printed = plan(Map.of());

    assertThat(printed.code()).isZero();
    assertThat(printed.out())
        .hasSize(10)
        .contains(
            "3. get the admin kubeconfig of <COCOLAB_ARO_CLUSTER> in the resource group"
                + " <COCOLAB_ARO_RESOURCE_GROUP>",
            "6. run 2 scenarios, one at a time, with at most 40 pod VMs and 120 minutes",
            "cost: unknown");
    assertThat(printed.out().get(0))
        .matches(
            "plan: run local-\\d{8}-\\d{6} on the cluster <COCOLAB_ARO_CLUSTER> \\(nothing is done\\)");
    assertThat(printed.err()).isEmpty();
    assertThat(folder.resolve("home")).doesNotExist();
  }

  @Test
  void planHasWhatIsSetAndItsCost() throws IOException {
    Path prices = folder.resolve("prices.json");
    Files.writeString(
        prices,
        """
        {"source": "mine", "date": "2026-11-30", "currency": "EUR", "prices": [
          {"region": "eastus", "size": "Standard_DC2as_v5", "perHour": 0.1}]}
        """);
    Printed printed =
        plan(
            Map.of(
                "COCOLAB_ARO_CLUSTER", "lab",
                "COCOLAB_ARO_RUN_ID", "night-1",
                "COCOLAB_ARO_REGION", "eastus",
                "COCOLAB_ARO_TDX_SIZE", "none",
                "COCOLAB_ARO_MAX_PODVMS", "10",
                "COCOLAB_ARO_PRICE_FILE", prices.toString()));

    assertThat(printed.code()).isZero();
    assertThat(printed.out())
        .startsWith("plan: run night-1 on the cluster lab (nothing is done)")
        .contains("cost: at most 2.00 EUR");
  }

  @Test
  void planWithAMalformedSettingExitsTwo() {
    Printed printed = plan(Map.of("COCOLAB_ARO_MAX_PODVMS", "many"));

    assertThat(printed.code()).isEqualTo(2);
    assertThat(printed.out()).isEmpty();
    assertThat(printed.err()).contains("COCOLAB_ARO_MAX_PODVMS is not a number from 1 to 1000");
  }

  private record Printed(int code, List<String> out, String err) {}

  private Printed plan(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("COCOLAB_HOME", folder.resolve("home").toString());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        CocoLab.run(
            new Terminal(new PrintStream(out, true), new PrintStream(err, true), false),
            environment,
            List.of("run", "--target", "aro", "--dry-run", feature(TWO).toString()));
    return new Printed(
        code,
        out.toString(StandardCharsets.UTF_8).lines().toList(),
        err.toString(StandardCharsets.UTF_8));
  }

  private Path feature(String text) {
    try {
      Path features = Files.createDirectories(folder.resolve("features"));
      return Files.writeString(features.resolve("probe.feature"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Ended run(Object... arguments) {
    return CommandRun.ofProbes(folder.resolve("home"))
        .run(List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
  }

  private static JsonNode onlyScenario(Ended ended) {
    JsonNode scenarios = ended.summary().path("features").path(0).path("scenarios");
    assertThat(scenarios).hasSize(1);
    return scenarios.path(0);
  }
}
