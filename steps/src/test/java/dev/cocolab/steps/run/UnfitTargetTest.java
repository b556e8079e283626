package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.Targets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Field case C44: a target that cannot be had is a reason in the report, not a red run. */
class UnfitTargetTest {
  @TempDir private Path home;

  private static TargetProvider open(String target) {
    return RunPlugin.open(
        new Targets(
            Map.of(
                target,
                place -> {
                  throw new CliException(ExitCode.UNFIT, "no engine here, start it");
                })),
        target,
        new Targets.Place(Path.of("."), line -> {}));
  }

  @Test
  void underMavenAnUnfitK3sIsSkipped() {
    assertThat(open("k3s")).isEqualTo(new UnfitTarget("k3s", "no engine here, start it"));
  }

  /** Whoever names a cluster wants to hear of it: a green build would say that all passed. */
  @ParameterizedTest
  @ValueSource(strings = {"cluster", "aro", "emulator", "joined"})
  void underMavenAnyOtherUnfitTargetEndsTheRun(String target) {
    assertThatThrownBy(() -> open(target))
        .isInstanceOf(CliException.class)
        .hasMessage("no engine here, start it");
  }

  @Test
  void eachScenarioIsSkippedWithTheReason() {
    String features = System.getProperty("cocolab.root", "..") + "/features/attack/outside.feature";

    Ended ended =
        CommandRun.on(new UnfitTarget("k3s", "no engine here, start it"), home).run(features);

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.stdout()).contains("0 passed, 0 failed, 3 skipped");
    assertThat(ended.results())
        .hasSize(3)
        .allSatisfy(
            scenario -> {
              assertThat(scenario.path("status").asString()).isEqualTo("skipped");
              assertThat(scenario.path("statusDetails").path("message").asString())
                  .isEqualTo("skipped: no engine here, start it");
            });
  }
}
