package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.HomeFolder;
import dev.cocolab.lab.LabWiring;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three labs in which one part does not do its work. In each, exactly those scenarios are red that
 * exist because of that part, each at the step that says so.
 */
class SabotageIT {
  private static final String FEATURES = System.getProperty("cocolab.root", "..") + "/features/";

  /** The figures of the workshop; what else is in the features says nothing about protection. */
  private static final String[] FIGURES = {
    FEATURES + "init-container/dataset_key.feature", FEATURES + "blackbox"
  };

  private static final int SCENARIOS = 9;

  private static final String ATTESTED =
      "An attested pod fetches the key, decrypts the dataset and scores it";
  private static final String TAMPERED =
      "With one byte of its initdata changed, the same pod gets nothing";
  private static final String NOT_LISTED =
      "A key that is in the cluster but not in Trustee's list is not delivered";
  private static final String NO_DATASET =
      "A dataset that is not in blob storage is reported by name";

  private static final String VM_GONE = "With the pod, its virtual machine goes away";
  private static final String ADMINS_INITDATA =
      "The administrator's change of the cluster's initdata keeps the pod from starting";

  private static final String WITHHELD =
      "Then the pod does not start, because Trustee withholds the image policy";

  private static final String WITHHELD_BY_GUEST =
      "request unauthorized: https://kbs-route-trustee-operator-system.apps.lab.cocolab.example"
          + "/kbs/v0/resource/default/trustee-image-policy/policy";

  /** For labs in which pods do not start: what a healthy pod needs, several times over. */
  private static final Timeouts SHORT =
      new Timeouts(
          Duration.ofSeconds(6),
          Duration.ofSeconds(20),
          Duration.ofSeconds(4),
          Duration.ofMillis(50));

  private static Machine machine;

  @TempDir private Path home;

  @BeforeAll
  static void openMachine() {
    machine = Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {});
  }

  @AfterAll
  static void closeMachine() {
    machine.close();
  }

  @Test
  void verifierThatAcceptsAnythingTurnsTheTamperedPodRed() {
    GullibleVerifier verifier = new GullibleVerifier();
    LabWiring wiring =
        LabWiring.regular()
            .withVerifiers(
                regular -> {
                  var exchanged = new EnumMap<>(regular);
                  exchanged.put(verifier.tee(), verifier);
                  return Map.copyOf(exchanged);
                });

    // One at a time: what the verifier believes in is one lab's.
    Ended ended =
        CommandRun.on(SabotagedTarget.of(machine, wiring).prepared(verifier::believeIn), home)
            .run(FIGURES);

    assertTamperingGoesUnnoticed(ended);
  }

  @Test
  void resourcePolicyThatAllowsAllTurnsTheTamperedPodRed() {
    Ended ended =
        run(
            SabotagedTarget.of(machine, LabWiring.regular())
                .prepared(SabotagedTarget::allowEverything));

    assertTamperingGoesUnnoticed(ended);
  }

  @Test
  void imageThatDoesNotExtendPcr8TurnsEveryScenarioOfAGuestRed() {
    LabWiring wiring = LabWiring.regular().withInitdataMeasurement((document, hardware) -> {});

    Ended ended = run(SabotagedTarget.of(machine, wiring).waiting(SHORT));

    assertThat(ended.red())
        .containsOnlyKeys(ATTESTED, TAMPERED, NOT_LISTED, NO_DATASET, VM_GONE, ADMINS_INITDATA);
    assertRed(
        ended, ATTESTED, "Then the pod is Running", "CreateContainerError", WITHHELD_BY_GUEST);
    assertRed(ended, VM_GONE, "Then the pod is Running", "CreateContainerError", WITHHELD_BY_GUEST);
    for (String tampering : List.of(TAMPERED, ADMINS_INITDATA)) {
      assertRed(
          ended,
          tampering,
          "And the denial is explained by PCR 8, its registered values and the rule that compares"
              + " them",
          "claim=tpm.pcr08, found=" + "0".repeat(64));
    }
    assertRed(
        ended,
        NOT_LISTED,
        "Then the init container reports that no key arrived",
        "CreateContainerError",
        WITHHELD_BY_GUEST);
    assertRed(
        ended,
        NO_DATASET,
        "Then the init container reports that it downloaded a key of 32 bytes",
        "CreateContainerError",
        WITHHELD_BY_GUEST);
    assertCounts(ended, 6);
  }

  private static void assertTamperingGoesUnnoticed(Ended ended) {
    assertThat(ended.red()).containsOnlyKeys(TAMPERED, ADMINS_INITDATA);
    assertRed(ended, TAMPERED, WITHHELD, "pod decryption-fraud-detection is Running");
    assertRed(ended, ADMINS_INITDATA, WITHHELD, "pod sample-fraud-detection is Running");
    assertCounts(ended, 2);
  }

  private Ended run(SabotagedTarget target) {
    return CommandRun.on(target, home).twoAtATime().run(FIGURES);
  }

  private static void assertRed(Ended ended, String scenario, String step, String... reasons) {
    assertThat(ended.red().get(scenario).step()).isEqualTo(step);
    assertThat(ended.red().get(scenario).message()).contains(reasons);
  }

  private static void assertCounts(Ended ended, int failed) {
    assertThat(ended.code()).isOne();
    assertThat(ended.stdout())
        .containsExactly(
            "%d passed, %d failed, 0 skipped".formatted(SCENARIOS - failed, failed),
            "report: " + ended.reports().resolve("site").resolve("index.html"));
    assertThat(ended.results()).hasSize(SCENARIOS);
  }
}
