package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.steps.run.CommandRun.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;

/**
 * Three scenarios at a time, each step of which waits for a step of the two others: lines, results
 * and attachments come in while other scenarios are in their midst.
 */
class ParallelRunTest {
  private static final int AT_A_TIME = 3;
  private static final String MEETS = "Given a step that waits for those of other scenarios";
  private static final String MET = "    ✓ " + MEETS;

  /** By scenario: the feature, then what is to be said of the scenario. */
  private static final Map<String, List<String>> EXPECTED =
      Map.of(
          "passes",
          List.of("First", MET, MET, "    ✓ And a step that passes"),
          "fails",
          List.of(
              "First",
              MET,
              MET,
              "    ✗ And a step that fails",
              "      the probe found 3 instead of 4"),
          "undefined",
          List.of(
              "Second",
              MET,
              MET,
              "    ✗ And a sentence that nobody wrote",
              "      no step class knows this sentence"),
          "pending",
          List.of(
              "Second",
              MET,
              MET,
              "    ✗ And a step that nobody has finished",
              "      nobody has finished it"),
          "skipped",
          List.of(
              "Third",
              MET,
              MET,
              "    - And a step that does not apply here",
              "      it does not apply here"),
          "passes too",
          List.of("Third", MET, MET),
          "empty",
          List.of("Third", "    ✗ the scenario has no steps: it proves nothing"));

  private static final Map<String, String> OUTCOMES =
      Map.of(
          "passes", "passed",
          "fails", "failed",
          "undefined", "failed",
          "pending", "failed",
          "skipped", "skipped",
          "passes too", "passed",
          "empty", "failed");

  @TempDir private Path folder;
  private Path features;

  @BeforeEach
  void writeFeatures() throws IOException {
    features = Files.createDirectories(folder.resolve("features"));
    write(
        "1.feature",
        "First",
        meeting("passes", "a step that passes"),
        meeting("fails", "a step that fails"));
    write(
        "2.feature",
        "Second",
        meeting("undefined", "a sentence that nobody wrote"),
        meeting("pending", "a step that nobody has finished"));
    write(
        "3.feature",
        "Third",
        meeting("skipped", "a step that does not apply here"),
        "  @meets\n  Scenario: passes too\n    %s\n    %s\n".formatted(MEETS, MEETS),
        "  Scenario: empty\n");
  }

  @Test
  void eachScenarioIsShownWholeUnderItsFeature() {
    Ended ended = run();

    assertThat(blocks(ended.stderr())).isEqualTo(EXPECTED);
    assertThat(ended.stdout()).first().isEqualTo("2 passed, 4 failed, 1 skipped");
    assertThat(ended.code()).isOne();
  }

  @Test
  void lastLineOfATerminalSaysWhatRunsAndIsGoneInTheEnd() {
    Ended ended =
        CommandRun.ofProbes(folder.resolve("home"), new MeetingPlace(AT_A_TIME))
            .watched(40)
            .run("--parallel", "3", features.toString());

    List<String> overwritten = new ArrayList<>();
    StringBuilder left = new StringBuilder();
    for (String line : ended.stderr().split("\n", -1)) {
      List<String> parts = List.of(line.split("\r\u001b\\[K", -1));
      overwritten.addAll(parts.subList(0, parts.size() - 1));
      left.append(parts.get(parts.size() - 1)).append('\n');
    }
    assertThat(blocks(left.toString().replaceAll("\u001b\\[\\d*m", ""))).isEqualTo(EXPECTED);
    assertThat(overwritten)
        .allSatisfy(
            line -> assertThat(line).matches("|\\d scenarios? running: .*").hasSizeLessThan(40))
        .anySatisfy(line -> assertThat(line).startsWith("3 scenarios running: ").hasSize(39));
  }

  @Test
  void resultsAndAttachmentsBelongToTheirScenarios() {
    Ended ended = run();

    Map<String, String> nameOf = new TreeMap<>();
    Map<String, List<String>> notes = new TreeMap<>();
    for (JsonNode scenario : ended.results()) {
      String name = scenario.path("name").asString();
      nameOf.put(scenario.path("uuid").asString(), name);
      notes.put(name, new ArrayList<>());
      scenario.path("steps").forEach(step -> notes.get(name).addAll(notes(ended, step)));
      assertThat(notes(ended, scenario)).isEmpty();
    }
    for (JsonNode around : ended.containers()) {
      String name = nameOf.get(around.path("children").path(0).asString());
      around.path("afters").forEach(hook -> notes.get(name).addAll(notes(ended, hook)));
    }

    assertThat(notes).containsOnlyKeys(EXPECTED.keySet()).containsEntry("empty", List.of());
    notes.remove("empty");
    assertThat(notes)
        .allSatisfy(
            (name, those) ->
                assertThat(those)
                    .containsExactly("step of " + name, "step of " + name, "end of " + name));
  }

  @Test
  void reportAndJunitFileSayOfEachScenarioHowItEnded() throws Exception {
    Path junit = folder.resolve("junit.xml");

    Ended ended = run("--junit", junit.toString());

    Map<String, String> reported = new TreeMap<>();
    ended
        .summary()
        .path("features")
        .forEach(
            feature ->
                feature
                    .path("scenarios")
                    .forEach(
                        one ->
                            reported.put(
                                one.path("name").asString(), one.path("outcome").asString())));
    assertThat(reported).isEqualTo(OUTCOMES);
    NodeList cases =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(junit.toFile())
            .getElementsByTagName("testcase");
    assertThat(cases.getLength()).isEqualTo(OUTCOMES.size());
    Set<String> red = Set.of("fails", "undefined", "pending");
    for (int i = 0; i < cases.getLength(); i++) {
      Element one = (Element) cases.item(i);
      assertThat(one.getElementsByTagName("failure").getLength() == 1)
          .as(one.getAttribute("name"))
          .isEqualTo(red.contains(one.getAttribute("name")));
    }
  }

  @Test
  void seedOrdersTheStarts() {
    List<String> oneByOne =
        List.copyOf(
            blockNames(
                CommandRun.ofProbes(folder.resolve("home"), new MeetingPlace(1))
                    .run("--seed", "7", "--tags", "@meets", features.toString())
                    .stderr()));

    List<String> threeByThree = blockNames(run("--seed", "7", "--tags", "@meets").stderr());

    // The second three cannot begin all before the first three have ended, and none ends alone.
    assertThat(oneByOne).hasSize(6);
    assertThat(threeByThree.subList(0, 3))
        .containsExactlyInAnyOrderElementsOf(oneByOne.subList(0, 3));
    assertThat(threeByThree.subList(3, 6))
        .containsExactlyInAnyOrderElementsOf(oneByOne.subList(3, 6));
  }

  @Test
  void targetsOfFailedScenariosAreKeptUntilInterrupted() throws IOException {
    MeetingPlace place = new MeetingPlace(AT_A_TIME);

    Ended ended =
        CommandRun.ofProbes(folder.resolve("home"), place)
            .interruptedAt("Ctrl-C ends what was kept")
            .run("--parallel", "3", "--keep", features.toString());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(ended.code()).isEqualTo(130);
    assertThat(ended.stderr().lines().filter(line -> line.startsWith("kept: ")))
        .hasSize(2)
        .allMatch(line -> line.startsWith("kept: fails: kubeconfig="));
    try (Stream<Path> kept = Files.list(ended.reports().resolve("kept"))) {
      assertThat(kept).hasSize(2);
    }
    assertThat(place.stillOpen()).isZero();
  }

  @Test
  void singleScenarioIsShownStepByStep() {
    Ended ended =
        CommandRun.ofProbes(folder.resolve("home"), new MeetingPlace(1))
            .watched(40)
            .run("--parallel", "3", features.resolve("1.feature") + ":3");

    assertThat(ended.code()).isZero();
    assertThat(ended.stderr()).contains("    … " + MEETS).doesNotContain("running:");
  }

  private Ended run(String... options) {
    List<String> arguments = new ArrayList<>(List.of("--parallel", String.valueOf(AT_A_TIME)));
    arguments.addAll(List.of(options));
    arguments.add(features.toString());
    return CommandRun.ofProbes(folder.resolve("home"), new MeetingPlace(AT_A_TIME))
        .run(arguments.toArray(String[]::new));
  }

  private static List<String> blockNames(String said) {
    return said.lines()
        .filter(line -> line.startsWith("  Scenario: "))
        .map(line -> line.replace("  Scenario: ", ""))
        .toList();
  }

  /** By scenario: its feature and its lines, without times. */
  private static Map<String, List<String>> blocks(String said) {
    assertThat(blockNames(said)).doesNotHaveDuplicates();
    Map<String, List<String>> blocks = new TreeMap<>();
    String feature = "";
    List<String> block = new ArrayList<>();
    for (String line : said.lines().toList()) {
      if (line.startsWith("Feature: ")) {
        assertThat(line).as("is said only when it changes").isNotEqualTo("Feature: " + feature);
        feature = line.replace("Feature: ", "");
      } else if (line.startsWith("  Scenario: ")) {
        block = new ArrayList<>(List.of(feature));
        blocks.put(line.replace("  Scenario: ", ""), block);
      } else if (!line.isEmpty()) {
        block.add(line.replaceAll("  \\(\\d+\\.\\d\\d s\\)$", ""));
      }
    }
    return blocks;
  }

  private static List<String> notes(Ended ended, JsonNode owner) {
    List<String> texts = new ArrayList<>();
    owner
        .path("attachments")
        .forEach(one -> texts.add(ended.text("allure-results/" + one.path("source").asString())));
    return texts;
  }

  private static String meeting(String name, String last) {
    return "  @meets\n  Scenario: %s\n    %s\n    %s\n    And %s\n"
        .formatted(name, MEETS, MEETS, last);
  }

  private void write(String file, String feature, String... scenarios) throws IOException {
    Files.writeString(
        features.resolve(file), "Feature: " + feature + "\n" + String.join("\n", scenarios));
  }
}
