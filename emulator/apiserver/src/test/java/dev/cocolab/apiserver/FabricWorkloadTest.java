package dev.cocolab.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What controllers do through the fabric8 client. */
class FabricWorkloadTest {
  private static final ResourceDefinitionContext KBS_CONFIG =
      new ResourceDefinitionContext.Builder()
          .withGroup("confidentialcontainers.org")
          .withVersion("v1alpha1")
          .withKind("KbsConfig")
          .withPlural("kbsconfigs")
          .withNamespaced(true)
          .build();

  private static RunningServer running;

  @BeforeAll
  static void start() {
    running = new RunningServer();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static Deployment deployment(String name) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("c")
        .withImage("quay.io/a/b:1")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  @Test
  void scalesAndRestartsADeployment() {
    var deployments = running.client.apps().deployments();
    deployments.resource(deployment("scaled")).create();

    deployments
        .withName("scaled")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":3}}");
    assertThat(deployments.withName("scaled").get().getSpec().getReplicas()).isEqualTo(3);
    assertThat(deployments.withName("scaled").scale().getSpec().getReplicas()).isEqualTo(3);

    deployments.withName("scaled").rolling().restart();
    Deployment restarted = deployments.withName("scaled").get();
    assertThat(restarted.getSpec().getTemplate().getMetadata().getAnnotations())
        .containsKey("kubectl.kubernetes.io/restartedAt");
    assertThat(restarted.getMetadata().getGeneration()).isEqualTo(3);
  }

  @Test
  void anUpdateThatChangesNothingKeepsTheGeneration() {
    var deployments = running.client.apps().deployments();
    Deployment created = deployments.resource(deployment("same")).create();

    Deployment again = deployments.resource(created).update();

    assertThat(again.getMetadata().getGeneration()).isEqualTo(1);
    assertThat(again.getMetadata().getResourceVersion())
        .isEqualTo(created.getMetadata().getResourceVersion());
  }

  @Test
  void waitsUntilADeploymentIsReady() {
    var deployments = running.client.apps().deployments();
    deployments.resource(deployment("ready")).create();
    deployments
        .withName("ready")
        .editStatus(
            d ->
                new DeploymentBuilder(d)
                    .withNewStatus()
                    .withReplicas(1)
                    .withAvailableReplicas(1)
                    .endStatus()
                    .build());

    assertThat(
            deployments
                .withName("ready")
                .waitUntilReady(5, TimeUnit.SECONDS)
                .getStatus()
                .getAvailableReplicas())
        .isEqualTo(1);
  }

  @Test
  void createsOrReplacesSecrets() {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName("replaced")
            .endMetadata()
            .addToStringData("key", "one")
            .build();

    running.client.secrets().resource(secret).createOr(NonDeletingOperation::update);
    Secret changed = new SecretBuilder(secret).withStringData(Map.of("key", "two")).build();
    running.client.secrets().resource(changed).createOr(NonDeletingOperation::update);

    assertThat(running.client.secrets().withName("replaced").get().getData())
        .containsEntry("key", "dHdv");
  }

  @Test
  void customObjectsHaveAStatusOfTheirOwn() {
    CustomResourceDefinition definition =
        running
            .client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .load(FabricWorkloadTest.class.getResourceAsStream("/kubectl/definition.yaml"))
            .create();
    assertThat(definition.getStatus().getConditions())
        .anyMatch(c -> c.getType().equals("Established"));
    var configs = running.client.genericKubernetesResources(KBS_CONFIG).inNamespace("default");
    GenericKubernetesResource config = new GenericKubernetesResource();
    config.setApiVersion("confidentialcontainers.org/v1alpha1");
    config.setKind("KbsConfig");
    config.setMetadata(
        new io.fabric8.kubernetes.api.model.ObjectMetaBuilder().withName("c").build());
    config.setAdditionalProperty(
        "spec", Map.of("kbsConfigMapName", "m", "kbsSecretResources", List.of("a")));
    try (var informer = configs.inform()) {
      configs.resource(config).createOr(NonDeletingOperation::update);
      configs.resource(config).createOr(NonDeletingOperation::update);
      configs
          .withName("c")
          .editStatus(
              c -> {
                c.setAdditionalProperty("status", Map.of("isReady", true));
                return c;
              });
      await()
          .until(
              () ->
                  informer.getStore().list().stream()
                      .anyMatch(c -> Boolean.TRUE.equals(c.get("status", "isReady"))));
      configs
          .withName("c")
          .edit(
              c -> {
                c.getMetadata().setFinalizers(List.of("confidentialcontainers.org/hold"));
                return c;
              });
      configs.withName("c").delete();
      assertThat(configs.withName("c").get().getMetadata().getDeletionTimestamp()).isNotBlank();
      configs
          .withName("c")
          .edit(
              c -> {
                c.getMetadata().setFinalizers(List.of());
                return c;
              });
      await().until(() -> informer.getStore().list().isEmpty());
    }
  }

  @Test
  void leasesAreRenewedUnderTheirVersion() {
    var leases = running.client.leases().inNamespace("default");
    var created =
        leases
            .resource(
                new LeaseBuilder()
                    .withNewMetadata()
                    .withName("l")
                    .endMetadata()
                    .withNewSpec()
                    .withHolderIdentity("me")
                    .endSpec()
                    .build())
            .create();

    var renewed =
        leases
            .resource(
                new LeaseBuilder(created).editSpec().withLeaseTransitions(1).endSpec().build())
            .update();

    assertThat(renewed.getSpec().getLeaseTransitions()).isEqualTo(1);
  }

  @Test
  void aNamespaceIsEmptiedThenFinalized() {
    running
        .client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName("gone").endMetadata().build())
        .create();
    running.client.namespaces().withName("gone").delete();
    Namespace dying = running.client.namespaces().withName("gone").get();
    assertThat(dying.getStatus().getPhase()).isEqualTo("Terminating");
    assertThat(dying.getSpec().getFinalizers()).containsExactly("kubernetes");

    Namespace empty =
        new NamespaceBuilder(dying).editSpec().withFinalizers(List.of()).endSpec().build();
    running.client.raw("/api/v1/namespaces/gone/finalize", "PUT", empty);

    assertThat(running.client.namespaces().withName("gone").get()).isNull();
  }

  @Test
  void serverSideApplyMakesChangesAndDefends() {
    ConfigMap wanted =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withName("applied")
            .endMetadata()
            .addToData("a", "1")
            .build();

    ConfigMap made = running.client.configMaps().resource(wanted).serverSideApply();
    ConfigMap changed =
        running
            .client
            .configMaps()
            .resource(new ConfigMapBuilder(wanted).addToData("a", "2").build())
            .serverSideApply();

    assertThat(changed.getData()).containsEntry("a", "2");
    assertThat(made.getMetadata().getManagedFields())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.getManager()).isEqualTo("fabric8");
              assertThat(entry.getOperation()).isEqualTo("Apply");
            });
    assertThatThrownBy(
            () ->
                running
                    .client
                    .configMaps()
                    .resource(wanted)
                    .patch(
                        new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager("other")
                            .withForce(false)
                            .build()))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getStatus().getReason()).isEqualTo("Conflict");
              assertThat(e.getStatus().getMessage())
                  .isEqualTo("Apply failed with 1 conflict: conflict with \"fabric8\": .data.a");
            });
  }
}
