package dev.cocolab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.fixtures.FixtureImages;
import dev.cocolab.fixtures.Manifests;
import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a developer reads when the image policy of the workshop refuses an image. */
class ImagePolicyTest {
  private static final Path HOME = Path.of("../../target/test-home").toAbsolutePath().normalize();
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String SIGNATURE = "rejected by `sigstoreSigned` rule";

  @Test
  void eachRefusedImageHasTheEventOfTheGuideAndTheSignedOneRuns() throws Exception {
    Files.createDirectories(HOME);
    List<String> unfit =
        new MachineChecks(HOME, System.getenv())
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
    Map<String, String> refused =
        Map.of(
            "unsigned-confidential-devhub",
            message(FixtureImages.UNSIGNED_IMAGE, SIGNATURE),
            "foreign-signed-confidential-devhub",
            message(FixtureImages.FOREIGN_SIGNED, SIGNATURE),
            "out-of-scope-confidential-devhub",
            message(
                FixtureImages.OUT_OF_SCOPE,
                "Policy `reject` rejects image " + FixtureImages.OUT_OF_SCOPE));
    try (Machine machine = Machine.open(HOME, System.getenv(), line -> {});
        Lab lab = Lab.builder(machine).start()) {
      KubernetesClient client = lab.client(Persona.ADMIN);
      refused.keySet().forEach(name -> apply(client, name));
      apply(client, "sample-fraud-detection");

      refused.forEach(
          (name, message) ->
              Awaitility.await(name + " is refused")
                  .atMost(LIMIT)
                  .untilAsserted(() -> assertThat(failures(client, name)).contains(message)));
      // The event is the same for every way in which a signature can fail.
      assertThat(lab.guestLog())
          .anyMatch(line -> refuses(line, FixtureImages.UNSIGNED_IMAGE, "SIGNATURE_MISSING"))
          .anyMatch(line -> refuses(line, FixtureImages.FOREIGN_SIGNED, "SIGNATURE_NOT_BY_KEY"))
          .anyMatch(line -> refuses(line, FixtureImages.OUT_OF_SCOPE, "POLICY_REJECTED"));
      Awaitility.await("the signed image runs")
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThat(pod(client, "sample-fraud-detection").getStatus().getPhase())
                      .isEqualTo("Running"));
    }
  }

  private static boolean refuses(String line, String image, String reason) {
    return line.startsWith(
        "confidential-data-hub: image policy refuses %s: %s: ".formatted(image, reason));
  }

  private static void apply(KubernetesClient client, String name) {
    client.resource(Manifests.text(name + ".yaml")).create();
  }

  private static Pod pod(KubernetesClient client, String name) {
    return client.pods().inNamespace("default").withName(name).require();
  }

  private static List<String> failures(KubernetesClient client, String pod) {
    return client
        .v1()
        .events()
        .inNamespace("default")
        .withField("involvedObject.name", pod)
        .list()
        .getItems()
        .stream()
        .filter(event -> event.getType().equals("Warning") && event.getReason().equals("Failed"))
        .map(Event::getMessage)
        .toList();
  }

  private static String message(String image, String refusal) {
    return "Error: CreateContainer failed: rpc status: Status { code: INTERNAL, message: \"[CDH] [ERROR]: Image Pull"
        + " error: Failed to pull image %1$s from all mirror/mapping locations or original location: image: %1$s, error:"
            .formatted(image)
        + " Image policy rejected: Denied by policy: "
        + refusal
        + "\", details: [], special_fields: SpecialFields { unknown_fields: UnknownFields { fields: None }, cached_size:"
        + " CachedSize { size: 0 } } }";
  }
}
