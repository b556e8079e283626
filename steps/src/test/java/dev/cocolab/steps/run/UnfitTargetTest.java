package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.steps.run.CommandRun.Ended;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Field case C44: a target that cannot be had is a reason in the report, not a red run. */
class UnfitTargetTest {
  @TempDir private Path home;

  @Test
  void eachScenarioIsSkippedWithTheReason() {
    String features = System.getProperty("cocolab.root", "..") + "/features/attack";

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
