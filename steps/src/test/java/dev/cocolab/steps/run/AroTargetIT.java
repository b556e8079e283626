package dev.cocolab.steps.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.cocolab.azure.RunTags;
import dev.cocolab.azure.fakes.FakeArm;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.cli.HomeFolder;
import dev.cocolab.lab.Machine;
import dev.cocolab.steps.run.CommandRun.Ended;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.TargetProvider;
import dev.cocolab.steps.targets.aro.AroPlace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The target {@code aro} on a lab that a fake Azure knows as its cluster. */
class AroTargetIT {
  private static final String BLACKBOX =
      System.getProperty("cocolab.root", "..") + "/features/blackbox/blackbox.feature";

  private static Machine machine;

  @TempDir private Path home;
  @TempDir private Path folder;

  private AroPlace place;

  @BeforeAll
  static void openMachine() {
    machine = Machine.open(HomeFolder.open(System.getenv()), System.getenv(), line -> {});
  }

  @AfterAll
  static void closeMachine() {
    machine.close();
  }

  @BeforeEach
  void start() {
    place = new AroPlace(machine, folder);
  }

  @AfterEach
  void stop() {
    place.close();
  }

  private Map<String, String> tags(String run) {
    return new RunTags(run, place.azure.clock.instant().plus(Duration.ofHours(2))).asMap();
  }

  private String feature(String scenario) throws IOException {
    Path file = folder.resolve("aro.feature");
    Files.writeString(file, "Feature: One\n\n  Scenario: One\n" + scenario);
    return file.toString();
  }

  @Test
  void scenariosRunWithMachinesAndBlobsOfAzureAndNothingIsLeft() throws IOException {
    place.stray("podvm-leaked-00000001", tags("run-7"));
    place.stray("podvm-foreign-00000002", tags("run-8"));
    Map<String, String> before = place.peerPods();
    TargetProvider aro = place.open();

    assertThat(aro.capabilities())
        .containsExactlyInAnyOrder(Capability.POD_VMS, Capability.BLOBS, Capability.AZURE);
    assertThat(place.blobs.containers()).containsExactly("/cocolab-run-7");
    Ended ended =
        CommandRun.on(aro, home)
            .run(
                BLACKBOX,
                feature(
                    """
                        Given OpSec has put the dataset key into Trustee as "fraud-dataset"
                        And OpSec has handed out the initdata and registered its measurement
                        And the encrypted dataset is in blob storage
                        When the developer applies the pod "decryption-fraud-detection"
                        Then the init container reports that it downloaded a key of 32 bytes
                    """));

    assertThat(ended.red().keySet())
        .as(ended.red() + ended.stderr())
        .containsExactly(
            "The administrator's change of the cluster's initdata keeps the pod from starting");
    assertThat(ended.code()).isZero();
    assertThat(ended.stdout()).contains("6 passed, 0 failed, 1 skipped");
    manifestLeadsToTheRunsContainer(ended);
    assertThat(place.tagsSeen())
        .as("machines of pods, and the two strays")
        .hasSizeGreaterThan(4)
        .allSatisfy(
            (name, tags) ->
                assertThat(tags)
                    .containsEntry("created-by", "cocolab")
                    .containsEntry("run-id", name.contains("foreign") ? "run-8" : "run-7")
                    .containsKey("expires-at"));
    assertThat(place.azure.arm.machines()).containsExactly("podvm-foreign-00000002");
    assertThat(place.blobs.containers()).isEmpty();
    assertThat(place.peerPods()).isEqualTo(before);
    await().until(() -> place.restarts().size() == 2);
    assertThat(place.restarts().get(0)).contains("run-id=run-7");
    assertThat(place.restarts().get(1)).doesNotContain("run-id");
    assertThat(place.told)
        .contains("deleted VM podvm-leaked-00000001: it is of the run run-7")
        .anyMatch(line -> line.startsWith("cost: "));
    noSecretIsIn(ended);
  }

  private static void manifestLeadsToTheRunsContainer(Ended ended) throws IOException {
    List<String> manifests = new ArrayList<>();
    try (Stream<Path> files = Files.list(ended.reports().resolve("allure-results"))) {
      for (Path file : files.filter(one -> one.toString().contains("-attachment")).toList()) {
        manifests.add(Files.readString(file));
      }
    }
    assertThat(manifests)
        .anySatisfy(
            text ->
                assertThat(text)
                    .containsPattern("AZURE_STORAGE_NAME\"?\\s+value: \"?labaccount")
                    .containsPattern("CONTAINER_NAME\"?\\s+value: \"?cocolab-run-7")
                    .containsPattern("BLOB_NAME\"?\\s+value: \"?dataset1.csv.enc")
                    .containsPattern("SAS_TOKEN_PATH\"?\\s+value: \"?/azure/azure-sas")
                    .containsPattern("secretName: \"?fraud-dataset-address"));
  }

  private void noSecretIsIn(Ended ended) throws IOException {
    List<String> secrets =
        place.masks.stream().map(line -> line.substring("::add-mask::".length())).toList();
    assertThat(secrets).as("key, token and signature").anyMatch(line -> line.contains("sig="));
    assertThat(place.masks).allMatch(line -> line.startsWith("::add-mask::"));
    List<String> written = new ArrayList<>(place.told);
    written.addAll(ended.stdout());
    written.add(ended.stderr());
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        written.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(secrets).hasSizeGreaterThan(5);
    for (String text : written) {
      assertThat(text).doesNotContain("CANARY");
      assertThat(secrets).noneMatch(text::contains);
    }
  }

  @Test
  void anApiServerThatGoesAwayIsNoFailureOfTheProduct() throws IOException {
    TargetProvider aro = place.open();
    Ended ended;
    try (Watch pods = place.admin().pods().inNamespace("default").watch(new CutOff())) {
      ended =
          CommandRun.on(aro, home)
              .run(
                  "--junit",
                  folder.resolve("junit.xml").toString(),
                  feature(
                      """
                          When the developer applies a pod with the image "nowhere.invalid/none"
                          Then the pod is Running

                        Scenario: Another
                          Then the pod "sample-fraud-detection" differs from its traditional twin in its runtime class only
                      """));
    }

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.stdout()).contains("0 passed, 0 failed, 2 skipped");
    assertThat(ended.stderr())
        .containsPattern(
            "cocolab: the API server at https://127.0.0.1:\\d+/ does not answer any more \\(no connection\\)");
    assertThat(ended.red().get("One").message()).startsWith("not judged: the API server at ");
    assertThat(ended.red().get("Another").message()).startsWith("skipped: the API server at ");
    assertThat(folder.resolve("junit.xml"))
        .content()
        .contains("skipped=\"2\"", "failures=\"0\"", "not judged: the API server at ");
    assertThat(place.blobs.containers()).isEmpty();
  }

  private final class CutOff implements Watcher<Pod> {
    @Override
    public void eventReceived(Action action, Pod pod) {
      if (action == Action.ADDED) {
        place.cutOff();
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      // The test is over.
    }
  }

  @Test
  void aRunOverItsBudgetIsStoppedInTheMiddleOfAScenarioAndSwept() throws IOException {
    place.azure.set("COCOLAB_ARO_MAX_PODVMS", "1");
    place.stray("podvm-leaked-00000001", tags("run-7"));
    TargetProvider aro = place.open();
    // Came after the run had begun, from other hands: the budget's end is none of its business.
    place.admin().resource(podOfSomebodyElse()).create();

    Ended ended =
        CommandRun.on(aro, home)
            .run(
                feature(
                    """
                        Given OpSec has handed out the initdata and registered its measurement
                        When the developer applies the pod "sample-fraud-detection"
                        Then the application prints "what it never prints"

                      Scenario: Another
                        Then the pod "sample-fraud-detection" differs from its traditional twin in its runtime class only
                    """));

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.stdout()).contains("0 passed, 0 failed, 2 skipped");
    assertThat(ended.stderr()).contains("cocolab: the run has used 2 pod VMs, its limit is 1");
    assertThat(place.azure.arm.machines()).isEmpty();
    assertThat(place.blobs.containers()).isEmpty();
    assertThat(place.admin().pods().inNamespace("default").list().getItems())
        .extracting(
            pod -> pod.getMetadata().getName(), pod -> pod.getMetadata().getDeletionTimestamp())
        .containsExactly(tuple("of-somebody-else", null));
  }

  private static Pod podOfSomebodyElse() {
    return new PodBuilder()
        .withNewMetadata()
        .withName("of-somebody-else")
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("any")
        .withImage("nowhere.invalid/none")
        .endContainer()
        .endSpec()
        .build();
  }

  @Test
  void withoutRightsNothingIsBegun() {
    Map<String, String> before = place.peerPods();
    place.azure.arm.fault(
        "POST",
        ".*/listAdminCredentials",
        FakeArm.error(403, "AuthorizationFailed", "no"),
        Integer.MAX_VALUE);

    CliException refused = catchThrowableOfType(CliException.class, () -> place.open());

    assertThat(refused.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(refused)
        .hasMessage("the pre-flight did not pass (operators' catalogue); nothing was changed");
    assertThat(place.told)
        .anyMatch(line -> line.contains("listAdminCredentials") && line.contains("FAILED"));
    assertThat(place.blobs.containers()).isEmpty();
    assertThat(place.peerPods()).isEqualTo(before);
    assertThat(place.restarts()).isEmpty();
  }
}
