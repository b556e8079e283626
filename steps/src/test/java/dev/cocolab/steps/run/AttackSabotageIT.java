package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.HomeFolder;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.run.CommandRun.Red;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verifier that accepts anything gives the attacker the key, and his scenario says so. */
class AttackSabotageIT {
  private static final String FORGED =
      "Evidence with every measurement right and roots of the attacker's own is refused";

  @TempDir private Path home;

  @Test
  void verifierThatAcceptsAnythingLetsTheAttackerIn() {
    GullibleVerifier verifier = new GullibleVerifier();
    try (Machine machine =
        Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {})) {
      Ended ended =
          CommandRun.on(
                  SabotagedTarget.of(machine, verifier.wiring()).prepared(verifier::believeIn),
                  home)
              .run(System.getProperty("cocolab.root", "..") + "/features/attack/outside.feature");

      assertThat(ended.stdout()).contains("1 passed, 2 failed, 0 skipped");
      assertThat(ended.red())
          .containsOnlyKeys(
              FORGED, "A pod whose initdata was exchanged on the way to the cluster gets nothing");
      Red red = ended.red().get(FORGED);
      assertThat(red.step()).startsWith("When an attacker boots the published image");
      assertThat(red.message())
          .contains("the attacker got 32 bytes of default/fraud-dataset/dataset_key");
    }
  }

  /** What is changed in evidence of the kind that is not looked at shows, and nothing else does. */
  @Test
  void eachChangeOfEvidenceThatNobodyVerifiesIsSeen() {
    GullibleVerifier verifier = new GullibleVerifier();
    try (Machine machine =
        Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {})) {
      Ended ended =
          CommandRun.on(
                  SabotagedTarget.of(machine, verifier.wiring()).prepared(verifier::believeIn),
                  home)
              .run(System.getProperty("cocolab.root", "..") + "/features/attack/evidence.feature");

      assertThat(ended.stdout()).contains("11 passed, 9 failed, 0 skipped");
      assertThat(ended.red().keySet())
          .hasSize(9)
          .allMatch(name -> name.matches("az-snp-vtpm(, signed again by the machine itself)?: .*"));
      assertThat(ended.red().values())
          .allSatisfy(
              red -> {
                assertThat(red.step()).startsWith("Then Trustee refuses the evidence by the check");
                assertThat(red.message()).contains("\"token\"", "expected: 401");
              });
    }
  }
}
