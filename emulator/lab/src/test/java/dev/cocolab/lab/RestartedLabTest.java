package dev.cocolab.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cocolab.fixtures.Manifests;
import dev.cocolab.lab.LabException.Reason;
import dev.cocolab.lab.access.Access;
import dev.cocolab.lab.fitness.Check;
import dev.cocolab.lab.fitness.MachineChecks;
import dev.cocolab.node.PodVm;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lab that is started again with the data folder of one that was stopped. */
class RestartedLabTest {
  private static final Path HOME = Path.of("../../target/test-home").toAbsolutePath().normalize();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String CONFIDENTIAL = "sample-fraud-detection";
  private static final String TRADITIONAL = "sample-fraud-detection-traditional";

  @TempDir Path folder;

  /** What a client may remember of the first lab. */
  private record Memory(
      String apiUrl,
      String certificate,
      List<Optional<String>> tokens,
      String accountToken,
      long revision,
      Map<String, String> pods,
      List<PodVm> vms) {}

  @BeforeEach
  void machineIsFit() throws Exception {
    Files.createDirectories(HOME);
    List<String> unfit =
        new MachineChecks(HOME, System.getenv())
            .all().stream().filter(check -> check.unfit().isPresent()).map(Check::finding).toList();
    assumeTrue(unfit.isEmpty(), () -> "labs do not work here: " + unfit);
  }

  @Test
  void goesOnWithItsObjectsPodsKeysAndTokens() {
    try (Machine machine = Machine.open(HOME, System.getenv(), line -> {})) {
      Memory before;
      try (Lab lab = start(machine)) {
        before = use(lab);
        assertThatThrownBy(() -> start(machine))
            .isInstanceOfSatisfying(
                LabException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_IN_USE))
            .hasMessageContaining(folder.toString());
      }
      try (Lab lab = start(machine)) {
        assertGoesOn(lab, before);
      }
    }
  }

  private Lab start(Machine machine) {
    return Lab.builder(machine).data(folder).start();
  }

  private static Memory use(Lab lab) {
    KubernetesClient admin = lab.client(Persona.ADMIN);
    admin.resource(Manifests.text(CONFIDENTIAL + ".yaml")).create();
    Pod traditional =
        admin
            .getKubernetesSerialization()
            .unmarshal(Manifests.text(TRADITIONAL + ".yaml"), Pod.class);
    traditional.getMetadata().setName(TRADITIONAL);
    admin.resource(traditional).create();
    running(admin, CONFIDENTIAL, 0);
    running(admin, TRADITIONAL, 0);
    assertThat(
            admin.rbac().roleBindings().inNamespace("default").withName("uadmin-prying").delete())
        .isNotEmpty();
    String revision =
        admin
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withName("mine")
                    .withNamespace("default")
                    .endMetadata()
                    .withData(Map.of("key", "value"))
                    .build())
            .create()
            .getMetadata()
            .getResourceVersion();
    return new Memory(
        lab.apiUrl().toString(),
        lab.trusteeCertificate(),
        lab.kubeconfig().users().stream().map(Access::token).toList(),
        admin
            .serviceAccounts()
            .inNamespace("default")
            .withName("default")
            .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
            .getStatus()
            .getToken(),
        Long.parseLong(revision),
        Map.of(CONFIDENTIAL, uid(admin, CONFIDENTIAL), TRADITIONAL, uid(admin, TRADITIONAL)),
        lab.podVms().podVms());
  }

  private static void assertGoesOn(Lab lab, Memory before) {
    KubernetesClient admin = lab.client(Persona.ADMIN);
    assertThat(lab.apiUrl()).hasToString(before.apiUrl());
    assertThat(lab.trusteeCertificate()).isEqualTo(before.certificate());
    assertThat(lab.kubeconfig().users().stream().map(Access::token).toList())
        .isEqualTo(before.tokens());
    assertThat(reviewed(admin, before.accountToken()))
        .isEqualTo("system:serviceaccount:default:default");
    assertThat(admin.configMaps().inNamespace("default").withName("mine").require().getData())
        .containsEntry("key", "value");
    assertThat(admin.rbac().roleBindings().inNamespace("default").withName("uadmin-prying").get())
        .as("what the user removed of the set-up")
        .isNull();
    assertThat(
            Long.parseLong(
                admin.configMaps().inAnyNamespace().list().getMetadata().getResourceVersion()))
        .isGreaterThan(before.revision());

    running(admin, CONFIDENTIAL, 1);
    running(admin, TRADITIONAL, 1);
    before.pods().forEach((name, uid) -> assertThat(uid(admin, name)).isEqualTo(uid));
    assertThat(lab.podVms().podVms()).hasSize(1).isNotEqualTo(before.vms());
    assertThat(lab.journal().appraisals()).as("the new VM attests").isNotEmpty();
    assertThat(admin.nodes().list().getItems())
        .singleElement()
        .satisfies(
            node ->
                assertThat(node.getStatus().getConditions())
                    .filteredOn(condition -> condition.getType().equals("Ready"))
                    .singleElement()
                    .satisfies(ready -> assertThat(ready.getStatus()).isEqualTo("True")));
  }

  private static String reviewed(KubernetesClient client, String token) {
    TokenReview review =
        client
            .tokenReviews()
            .create(new TokenReviewBuilder().withNewSpec().withToken(token).endSpec().build());
    return review.getStatus().getUser().getUsername();
  }

  private static String uid(KubernetesClient client, String pod) {
    return client.pods().inNamespace("default").withName(pod).require().getMetadata().getUid();
  }

  private static void running(KubernetesClient client, String pod, int restarts) {
    client
        .pods()
        .inNamespace("default")
        .withName(pod)
        .waitUntilCondition(
            found -> found != null && isReady(found, restarts),
            LIMIT.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static boolean isReady(Pod pod, int restarts) {
    return pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"))
        && pod.getStatus().getContainerStatuses().stream()
            .allMatch(status -> status.getRestartCount() == restarts);
  }
}
