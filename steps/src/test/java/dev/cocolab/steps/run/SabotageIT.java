package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.cli.HomeFolder;
import dev.cocolab.lab.LabWiring;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Labs in which one part does not do its work. In each, exactly those scenarios are red that exist
 * because of that part, each at the step that says so.
 */
class SabotageIT {
  private static final String FEATURES = System.getProperty("cocolab.root", "..") + "/features/";

  /** Chapters, with the number of their scenarios. */
  private enum Chapter {
    INIT_CONTAINER("init-container/dataset_key.feature", 5),
    BLACKBOX("blackbox", 17),
    SEALED_SECRET("sealed-secret", 8);

    private final String path;
    private final int scenarios;

    Chapter(String path, int scenarios) {
      this.path = FEATURES + path;
      this.scenarios = scenarios;
    }
  }

  /** Chapters that a part has nothing to do with are left out unless this is set. */
  private static final boolean EVERY_CHAPTER = Boolean.getBoolean("cocolab.sabotage.all");

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

  private static final String OWN_VM =
      "The confidential pod has a virtual machine of its own, of a confidential size";
  private static final String CLOSED =
      "The confidential pod runs after it has proved what it is, and is closed";
  private static final String UNSIGNED =
      "An image without a signature is refused, and no secret is asked for";
  private static final String FOREIGN = "An image that somebody else signed is refused";
  private static final String OUTSIDE = "An image from outside every trusted repository is refused";
  private static final List<String> SIGNATURE_LOGS =
      List.of(
          "The guest's log, not the event, tells that nobody signed an image",
          "The guest's log, not the event, tells that somebody else signed one");

  private static final String PRIVATE =
      "The attested guest fetches the credentials and pulls the private image";
  private static final String NO_CREDENTIALS =
      "A guest whose initdata names no credentials is refused by the registry";
  private static final List<String> MISSING_CREDENTIALS =
      List.of(
          "Credentials taken off Trustee's list are missed, not done without",
          "A mistyped path to the credentials stops the pull of a public image, too");
  private static final String SEALED =
      "The attested application reads its key, the administrator a pointer";
  private static final String VARIABLE = "A sealed variable reaches the application in the clear";
  private static final String NOTHING_KNOWN =
      "A guest that proves nothing known gets neither key nor signer";
  private static final List<String> BROKEN_POINTERS =
      List.of(
          "A pointer that was redirected stays a pointer",
          "One signed by somebody else stays a pointer",
          "One with an unknown signer stays a pointer",
          "One that nobody signed stays a pointer");

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

    // One at a time: what the verifier believes in is one lab's.
    Ended ended =
        CommandRun.on(
                SabotagedTarget.of(machine, verifier.wiring()).prepared(verifier::believeIn), home)
            .run(paths(chapters(Chapter.values())));

    assertTamperingGoesUnnoticed(ended);
  }

  @Test
  void resourcePolicyThatAllowsAllTurnsTheTamperedPodRed() {
    Ended ended =
        run(
            SabotagedTarget.of(machine, LabWiring.regular())
                .prepared(SabotagedTarget::allowEverything),
            Chapter.values());

    assertTamperingGoesUnnoticed(ended);
  }

  @Test
  void imageThatDoesNotExtendPcr8TurnsEveryScenarioOfAGuestRed() {
    LabWiring wiring = LabWiring.regular().withInitdataMeasurement((document, hardware) -> {});

    Ended ended = run(SabotagedTarget.of(machine, wiring).waiting(SHORT), Chapter.values());

    List<String> expected =
        new ArrayList<>(
            List.of(ATTESTED, TAMPERED, NOT_LISTED, NO_DATASET, VM_GONE, ADMINS_INITDATA));
    expected.addAll(List.of(CLOSED, OWN_VM, UNSIGNED, FOREIGN, OUTSIDE, SEALED, VARIABLE));
    expected.addAll(BROKEN_POINTERS);
    expected.addAll(SIGNATURE_LOGS);
    expected.addAll(List.of(PRIVATE, NO_CREDENTIALS));
    expected.addAll(MISSING_CREDENTIALS);
    assertThat(ended.red().keySet()).containsExactlyInAnyOrderElementsOf(expected);
    MISSING_CREDENTIALS.forEach(
        missing ->
            assertThat(ended.red().get(missing).step())
                .startsWith("And Trustee's log shows \"default/confidential-devhub-private-pull")
                .endsWith("\" as missing"));
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
    assertCounts(ended, expected.size(), Chapter.values());
  }

  @Test
  void initdataThatAllowsCommandsTurnsTheClosedPodRed() {
    Ended ended = run(regular().prepared(SabotagedTarget::allowCommands), Chapter.BLACKBOX);

    assertThat(ended.red()).containsOnlyKeys(CLOSED);
    assertRed(
        ended,
        CLOSED,
        "And the cluster administrator is refused to run \"ls /app/downloaded_datasets\" in it",
        "default.csv");
    assertCounts(ended, 1, Chapter.BLACKBOX);
  }

  @Test
  void imagePolicyThatAdmitsEverythingTurnsTheScenariosOfSignaturesRed() {
    Ended ended = run(regular().prepared(SabotagedTarget::admitEveryImage), Chapter.values());

    List<String> expected =
        new ArrayList<>(List.of(UNSIGNED, FOREIGN, OUTSIDE, CLOSED, ATTESTED, SEALED, PRIVATE));
    expected.addAll(SIGNATURE_LOGS);
    assertThat(ended.red().keySet()).containsExactlyInAnyOrderElementsOf(expected);
    assertRed(
        ended,
        UNSIGNED,
        "Then the guest refuses the image with \"rejected by `sigstoreSigned` rule\"",
        "pod unsigned-confidential-devhub is Running");
    for (String withoutKey : List.of(CLOSED, ATTESTED, SEALED, PRIVATE)) {
      assertRed(
          ended,
          withoutKey,
          "And Trustee's log shows these resources as delivered:",
          "default/conf-devhub-signature/pub-key");
    }
    assertCounts(ended, expected.size(), Chapter.values());
  }

  @Test
  void guestThatFollowsAnyPointerTurnsTheBrokenPointersRed() {
    Ended ended = run(regular().prepared(SabotagedTarget::followAnyPointer), Chapter.SEALED_SECRET);

    List<String> expected = new ArrayList<>(List.of(SEALED, NOTHING_KNOWN));
    expected.addAll(BROKEN_POINTERS);
    assertThat(ended.red().keySet()).containsExactlyInAnyOrderElementsOf(expected);
    assertRed(
        ended,
        BROKEN_POINTERS.get(0),
        "And Trustee was never asked for \"default/attestation-status/status\"",
        "200");
    BROKEN_POINTERS
        .subList(1, BROKEN_POINTERS.size())
        .forEach(
            broken ->
                assertRed(
                    ended,
                    broken,
                    "And the application is left with the pointer and loads no transaction",
                    "After (head -n 1): distance_from_last_t"));
    assertCounts(ended, expected.size(), Chapter.SEALED_SECRET);
  }

  @Test
  void agentThatDoesNotUnsealTurnsTheSealedSecretsRed() {
    Ended ended =
        run(
            SabotagedTarget.of(machine, LabWiring.regular().withoutUnsealing()).waiting(SHORT),
            Chapter.SEALED_SECRET);

    List<String> expected = new ArrayList<>(List.of(SEALED, VARIABLE, NOTHING_KNOWN));
    expected.addAll(BROKEN_POINTERS);
    assertThat(ended.red().keySet()).containsExactlyInAnyOrderElementsOf(expected);
    assertRed(
        ended,
        SEALED,
        "And the application decrypts and loads every transaction of the dataset",
        "Loaded 0 transactions");
    assertRed(ended, VARIABLE, "Then the application prints \"success\"", "sealed.eyJhbGci");
    BROKEN_POINTERS.forEach(
        broken ->
            assertThat(ended.red().get(broken).step()).startsWith("And the guest's log says"));
    assertCounts(ended, expected.size(), Chapter.SEALED_SECRET);
  }

  @Test
  void anotherVmSizeTurnsTheScenarioThatNamesItRed() {
    Ended ended = run(regular().prepared(SabotagedTarget::growVms), Chapter.BLACKBOX);

    assertThat(ended.red()).containsOnlyKeys(OWN_VM);
    assertRed(
        ended,
        OWN_VM,
        "And it runs in a pod VM of the size \"Standard_DC2as_v5\"",
        "Standard_DC4as_v5");
    assertCounts(ended, 1, Chapter.BLACKBOX);
  }

  private static SabotagedTarget regular() {
    return SabotagedTarget.of(machine, LabWiring.regular());
  }

  private static void assertTamperingGoesUnnoticed(Ended ended) {
    assertThat(ended.red()).containsOnlyKeys(TAMPERED, ADMINS_INITDATA, NOTHING_KNOWN);
    assertRed(ended, TAMPERED, WITHHELD, "pod decryption-fraud-detection is Running");
    assertRed(ended, ADMINS_INITDATA, WITHHELD, "pod sample-fraud-detection is Running");
    assertRed(
        ended,
        NOTHING_KNOWN,
        "And the application is left with the pointer and loads no transaction");
    assertCounts(ended, 3, Chapter.values());
  }

  private Ended run(SabotagedTarget target, Chapter... concerned) {
    Set<Chapter> chapters = chapters(concerned);
    return CommandRun.on(target, home)
        .run(
            Stream.concat(Stream.of("--parallel", "2"), Stream.of(paths(chapters)))
                .toArray(String[]::new));
  }

  private static Set<Chapter> chapters(Chapter... concerned) {
    return EVERY_CHAPTER ? EnumSet.allOf(Chapter.class) : EnumSet.copyOf(List.of(concerned));
  }

  private static String[] paths(Set<Chapter> chapters) {
    return chapters.stream().map(chapter -> chapter.path).toArray(String[]::new);
  }

  private static void assertRed(Ended ended, String scenario, String step, String... reasons) {
    assertThat(ended.red().get(scenario).step()).isEqualTo(step);
    for (String reason : reasons) {
      assertThat(ended.red().get(scenario).message()).contains(reason);
    }
  }

  private static void assertCounts(Ended ended, int failed, Chapter... concerned) {
    int all = chapters(concerned).stream().mapToInt(chapter -> chapter.scenarios).sum();
    assertThat(ended.code()).isOne();
    assertThat(ended.stdout())
        .containsExactly(
            "%d passed, %d failed, 0 skipped".formatted(all - failed, failed),
            "report: " + ended.reports().resolve("site").resolve("index.html"));
    assertThat(ended.results()).hasSize(all);
  }
}
