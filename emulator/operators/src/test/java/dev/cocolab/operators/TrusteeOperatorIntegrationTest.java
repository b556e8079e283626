package dev.cocolab.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cocolab.operators.OperatorException.Reason;
import dev.cocolab.operators.TrusteeOperatorOptions.RestartRule;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrusteeOperatorIntegrationTest {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final String NS = "trustee-operator-system";
  private static final Map<String, String> ENV =
      Map.of(
          "KBS_IMAGE_NAME",
          "quay.io/example/kbs:1",
          "OPERATOR_IMAGE_NAME",
          "quay.io/example/operator:1");

  @TempDir private Path directory;

  @Test
  void trusteeFollowsItsKbsConfig() throws Exception {
    List<String> log = new CopyOnWriteArrayList<>();
    try (TestCluster cluster = new TestCluster(directory)) {
      KubernetesClient client = cluster.client();
      OperatorProgram program =
          new OperatorProgram(client, RestartRule.ON_CONFIG_CHANGE, false, Clock.systemUTC());
      assertThatThrownBy(() -> program.start(List.of(), ENV, log::add))
          .isInstanceOfSatisfying(
              OperatorException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.KIND_NOT_SERVED));

      TrusteeSetup setup = new TrusteeSetup(client, new SecureRandom());
      setup.installDefinitions();
      setup.apply(
          TrusteeSetup.Request.workshop(
              cluster.identity(),
              cluster.identity(),
              Optional.of("kbs-route-trustee-operator-system.apps.lab.test")));
      CompletionStage<Integer> exited;
      try (WorkloadControllers controllers = WorkloadControllers.start(client);
          FakeKubelet kubelet = new FakeKubelet(client);
          OperatorProgram.Running running =
              program.start(List.of("--leader-elect"), ENV, log::add)) {
        exited = running.exited();
        assertThat(controllers).isNotNull();
        assertThat(kubelet).isNotNull();
        await()
            .atMost(PATIENCE)
            .until(() -> isReady(kbsConfig(client)) && isReady(trusteeConfig(client)));
        assertThat(client.services().inNamespace(NS).withName("kbs-service").get()).isNotNull();
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(client.v1().events().inNamespace(NS).list().getItems())
                        .extracting(Event::getReason)
                        .contains("DeploymentCreated", "ServiceCreated", "Ready"));

        addsASecretToTheList(client);
        rollsOutForConfigMapsAndNotForSecrets(client);
        assertThat(log).anyMatch(line -> line.contains("Reconciling KbsConfig"));

        kbsConfig(client).delete();
        await()
            .atMost(PATIENCE)
            .until(() -> kbsConfig(client).get() == null && deployment(client) == null);
      }
      assertThat(exited.toCompletableFuture()).isCompletedWithValue(0);
      // Applying the setup again brings back what is missing and changes nothing else.
      ConfigMap edited =
          client.configMaps().inNamespace(NS).withName("trusteeconfig-resource-policy").get();
      setup.apply(
          TrusteeSetup.Request.workshop(cluster.identity(), cluster.identity(), Optional.empty()));
      assertThat(kbsConfig(client).get()).isNotNull();
      assertThat(
              client.configMaps().inNamespace(NS).withName("trusteeconfig-resource-policy").get())
          .isEqualTo(edited);
    }
  }

  /** A name whose Secret is missing touches nothing; the Secret's appearance is enough. */
  private static void addsASecretToTheList(KubernetesClient client) {
    var template = deployment(client).getSpec().getTemplate();
    kbsConfig(client)
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"add\",\"path\":\"/spec/kbsSecretResources/-\",\"value\":\"s3\"}]");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client.v1().events().inNamespace(NS).list().getItems().stream()
                    .anyMatch(e -> "Secret \"s3\" not found".equals(e.getMessage())));
    assertThat(deployment(client).getSpec().getTemplate()).isEqualTo(template);
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("s3")
                .withNamespace(NS)
                .endMetadata()
                .addToStringData("k", "v1")
                .build())
        .create();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                deployment(client).getSpec().getTemplate().getSpec().getVolumes().stream()
                    .map(Volume::getName)
                    .anyMatch("s3"::equals));
    await().atMost(PATIENCE).until(() -> replicaSets(client) == 2 && isReady(kbsConfig(client)));
  }

  private static void rollsOutForConfigMapsAndNotForSecrets(KubernetesClient client) {
    int sets = replicaSets(client);
    client
        .secrets()
        .inNamespace(NS)
        .withName("s3")
        .edit(s -> new SecretBuilder(s).addToStringData("k", "v2").build());
    client
        .configMaps()
        .inNamespace(NS)
        .withName("trusteeconfig-resource-policy")
        .edit(
            m ->
                new ConfigMapBuilder(m)
                    .addToData("resource-policy.rego", "package policy\n")
                    .build());
    await().atMost(PATIENCE).until(() -> replicaSets(client) > sets);
    await().atMost(PATIENCE).until(() -> isReady(kbsConfig(client)));
    assertThat(replicaSets(client)).isEqualTo(sets + 1);
  }

  private static int replicaSets(KubernetesClient client) {
    return client.apps().replicaSets().inNamespace(NS).list().getItems().size();
  }

  private static Deployment deployment(KubernetesClient client) {
    return client.apps().deployments().inNamespace(NS).withName("trustee-deployment").get();
  }

  private static Resource<GenericKubernetesResource> kbsConfig(KubernetesClient client) {
    return custom(client, "KbsConfig", "kbsconfigs")
        .inNamespace(NS)
        .withName("trusteeconfig-kbs-config");
  }

  private static Resource<GenericKubernetesResource> trusteeConfig(KubernetesClient client) {
    return custom(client, "TrusteeConfig", "trusteeconfigs")
        .inNamespace(NS)
        .withName("trusteeconfig");
  }

  private static io.fabric8.kubernetes.client.dsl.MixedOperation<
          GenericKubernetesResource,
          io.fabric8.kubernetes.api.model.GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      custom(KubernetesClient client, String kind, String plural) {
    return client.genericKubernetesResources(
        new ResourceDefinitionContext.Builder()
            .withGroup("confidentialcontainers.org")
            .withVersion("v1alpha1")
            .withKind(kind)
            .withPlural(plural)
            .withNamespaced(true)
            .build());
  }

  private static boolean isReady(Resource<GenericKubernetesResource> resource) {
    GenericKubernetesResource object = resource.get();
    return object != null && Boolean.TRUE.equals(object.get("status", "isReady"));
  }
}
