package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.TestExecutionResult.Status.ABORTED;
import static org.junit.platform.engine.TestExecutionResult.Status.FAILED;
import static org.junit.platform.engine.TestExecutionResult.Status.SUCCESSFUL;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectFile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The scenarios as {@code mvn verify} runs them: what proves nothing is red there too. */
class ScenarioEngineTest {
  @TempDir private Path folder;

  @Test
  void whatProvesNothingIsRed() throws IOException {
    Path feature =
        Files.writeString(
            folder.resolve("probe.feature"),
            """
            Feature: Probe
              Scenario: passes
                Given a step that passes

              Scenario: empty

              Scenario: undefined
                Given a sentence that nobody wrote

              Scenario: pending
                Given a step that nobody has finished

              Scenario: fails
                Given a step that fails

              Scenario: is skipped
                Given a step that does not apply here
            """);

    Map<String, TestExecutionResult> ended = execute(feature);

    assertThat(ended).hasSize(6);
    assertThat(ended.get("Probe - passes").getStatus()).isEqualTo(SUCCESSFUL);
    assertThat(ended.get("Probe - is skipped").getStatus()).isEqualTo(ABORTED);
    assertRed(ended.get("Probe - empty"), "the scenario has no steps: it proves nothing");
    assertRed(ended.get("Probe - undefined"), "a sentence that nobody wrote");
    assertRed(ended.get("Probe - pending"), "nobody has finished it");
    assertRed(ended.get("Probe - fails"), "the probe found 3 instead of 4");
  }

  @Test
  void mavenRunsWithTheSamePlugin() throws IOException {
    Properties used = new Properties();
    try (InputStream file = getClass().getResourceAsStream("/junit-platform.properties")) {
      used.load(file);
    }

    assertThat(List.of(used.getProperty("cucumber.plugin").split(",")))
        .last()
        .isEqualTo(EmptyScenarios.class.getName());
  }

  private static void assertRed(TestExecutionResult result, String reason) {
    assertThat(result.getStatus()).isEqualTo(FAILED);
    assertThat(result.getThrowable())
        .get()
        .extracting(Throwable::getMessage)
        .asString()
        .contains(reason);
  }

  private static Map<String, TestExecutionResult> execute(Path feature) {
    Map<String, TestExecutionResult> ended = new ConcurrentHashMap<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectFile(feature.toFile()))
            .filters(EngineFilter.includeEngines("cucumber"))
            .configurationParameter("cucumber.glue", "dev.cocolab.steps.run.probe")
            .configurationParameter("cucumber.plugin", EmptyScenarios.class.getName())
            .build();
    LauncherConfig quiet =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    LauncherFactory.create(quiet)
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  ended.put(test.getDisplayName(), result);
                }
              }
            });
    return ended;
  }
}
