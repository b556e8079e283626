package dev.cocolab.operators.trustee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cocolab.operators.OperatorException;
import dev.cocolab.operators.OperatorException.Reason;
import dev.cocolab.operators.TrusteeOperatorOptions;
import dev.cocolab.operators.TrusteeOperatorOptions.RestartRule;
import dev.cocolab.operators.TrusteeSetup;
import dev.cocolab.operators.TrusteeSetup.TlsPair;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrusteePlanTest {

  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final GenericKubernetesResource config = kbsConfig();
  private final Map<String, String> configMaps = new HashMap<>();
  private final Set<String> secrets = new HashSet<>();

  TrusteePlanTest() {
    KbsConfigSpec spec = KbsConfigSpec.of(config);
    spec.configMaps().forEach(name -> configMaps.put(name, "7"));
    secrets.addAll(spec.secrets());
  }

  @Test
  void mountsWhatTheOriginalMountsWhereItMountsIt() {
    Deployment d = created(RestartRule.ON_CONFIG_CHANGE);
    Container kbs = d.getSpec().getTemplate().getSpec().getContainers().get(0);
    String storage = "/opt/confidential-containers/storage";

    assertThat(kbs.getVolumeMounts())
        .extracting(
            m ->
                m.getName()
                    + " "
                    + m.getMountPath()
                    + (m.getSubPath() == null ? "" : " " + m.getSubPath()))
        .containsExactly(
            "kbs-config /etc/kbs-config",
            "base-storage-dir " + storage,
            "attestation-policy-dir " + storage + "/attestation_service_policy",
            "attestation-policy "
                + storage
                + "/attestation_service_policy/default_cpu.rego default_cpu.rego",
            "attestation-policy-gpu "
                + storage
                + "/attestation_service_policy/default_gpu.rego default_gpu.rego",
            "resource-policy-dir " + storage + "/kbs",
            "resource-policy " + storage + "/kbs/resource-policy.rego resource-policy.rego",
            "auth-secret /etc/auth-secret",
            "https-key /etc/https-key",
            "https-cert /etc/https-cert",
            "attestation-key /etc/attestation-key",
            "attestation-cert /etc/attestation-cert",
            "repository-dir " + storage + "/repository",
            "rvps-dir " + storage + "/local_json",
            "reference-values " + storage + "/local_json/reference_value reference_value");
    assertThat(kbs.getCommand())
        .containsExactly("/usr/local/bin/kbs", "--config-file", "/etc/kbs-config/kbs-config.toml");
    assertThat(kbs.getReadinessProbe().getHttpGet().getScheme()).isEqualTo("HTTPS");
    assertThat(kbs.getLivenessProbe().getInitialDelaySeconds()).isEqualTo(15);
    assertThat(kbs.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(d.getSpec().getStrategy().getRollingUpdate().getMaxUnavailable().getIntVal())
        .isEqualTo(1);
  }

  @Test
  void theInitContainerSeesTheSecretsThatBecomeResources() {
    Deployment d = created(RestartRule.ON_CONFIG_CHANGE);
    Container converter = d.getSpec().getTemplate().getSpec().getInitContainers().get(0);

    assertThat(converter.getImage()).isEqualTo("operator:1");
    assertThat(converter.getCommand()).containsExactly("/secret-converter");
    assertThat(converter.getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .contains(
            "/tmp/kbs-secrets/attestation-status",
            "/opt/confidential-containers/storage/repository");
    assertThat(d.getSpec().getTemplate().getSpec().getVolumes())
        .filteredOn(v -> v.getName().equals("attestation-status"))
        .extracting(Volume::getSecret)
        .singleElement()
        .satisfies(s -> assertThat(s.getSecretName()).isEqualTo("attestation-status"));
  }

  @Test
  void theTemplateNamesTheVersionsOfConfigMapsOnlyIfTheyRestartTrustee() {
    assertThat(annotations(created(RestartRule.ON_CONFIG_CHANGE)))
        .containsEntry(
            TrusteeDeployment.VERSIONS,
            "trusteeconfig-kbs-config:7,trusteeconfig-rvps-reference-values:7,"
                + "trusteeconfig-attestation-policy-cpu:7,trusteeconfig-attestation-policy-gpu:7,"
                + "trusteeconfig-resource-policy:7");
    assertThat(annotations(created(RestartRule.MANUAL))).isEmpty();
  }

  @Test
  void aMissingReferenceTouchesNothing() {
    Deployment found = created(RestartRule.MANUAL);
    secrets.remove("attestation-status");
    assertThat(plan(RestartRule.MANUAL, Optional.of(found)))
        .isEqualTo(new TrusteePlan.Missing("Secret \"attestation-status\" not found"));
    secrets.add("attestation-status");
    configMaps.remove("trusteeconfig-resource-policy");
    assertThat(plan(RestartRule.MANUAL, Optional.empty()))
        .isEqualTo(
            new TrusteePlan.Missing("ConfigMap \"trusteeconfig-resource-policy\" not found"));
  }

  @Test
  void anUnchangedDeploymentIsNotWrittenEvenWithTheServersDefaults() {
    Deployment stored =
        new DeploymentBuilder(created(RestartRule.MANUAL))
            .editSpec()
            .editTemplate()
            .editSpec()
            .withRestartPolicy("Always")
            .withDnsPolicy("ClusterFirst")
            .withNewSecurityContext()
            .endSecurityContext()
            .editContainer(0)
            .withTerminationMessagePath("/dev/termination-log")
            .withImagePullPolicy("IfNotPresent")
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    assertThat(maintain(RestartRule.MANUAL, stored).deployment()).isEmpty();
  }

  @Test
  void aForeignEditOfTheTemplateIsPutRight() {
    Deployment edited =
        new DeploymentBuilder(created(RestartRule.MANUAL))
            .editSpec()
            .editTemplate()
            .editSpec()
            .addToNodeSelector("disk", "fast")
            .editContainer(0)
            .addNewEnv()
            .withName("RUST_LOG")
            .withValue("trace")
            .endEnv()
            .endContainer()
            .endSpec()
            .endTemplate()
            .endSpec()
            .build();
    Deployment put = maintain(RestartRule.MANUAL, edited).deployment().orElseThrow();
    assertThat(put.getSpec().getTemplate().getSpec().getNodeSelector()).isNullOrEmpty();
    assertThat(put.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv()).isEmpty();
  }

  @Test
  void aNewSecretInTheListChangesTheTemplateAndNewContentDoesNot() {
    Deployment before = created(RestartRule.ON_CONFIG_CHANGE);
    assertThat(maintain(RestartRule.ON_CONFIG_CHANGE, before).deployment()).isEmpty();

    addResource("s2");
    secrets.add("s2");
    Deployment after = maintain(RestartRule.ON_CONFIG_CHANGE, before).deployment().orElseThrow();
    assertThat(after.getSpec().getTemplate().getSpec().getVolumes())
        .extracting(Volume::getName)
        .contains("s2");
  }

  @Test
  void aNewConfigMapVersionRollsOutAccordingToTheRule() {
    Deployment automatic = created(RestartRule.ON_CONFIG_CHANGE);
    Deployment manual = created(RestartRule.MANUAL);
    configMaps.put("trusteeconfig-resource-policy", "8");
    assertThat(maintain(RestartRule.ON_CONFIG_CHANGE, automatic).deployment()).isPresent();
    assertThat(maintain(RestartRule.MANUAL, manual).deployment()).isEmpty();
  }

  @Test
  void aManualRestartSurvives() {
    Deployment restarted =
        new DeploymentBuilder(created(RestartRule.ON_CONFIG_CHANGE))
            .editSpec()
            .editTemplate()
            .editMetadata()
            .addToAnnotations(TrusteePlan.RESTARTED_AT, "2026-03-01T10:00:00Z")
            .endMetadata()
            .endTemplate()
            .endSpec()
            .build();
    assertThat(maintain(RestartRule.ON_CONFIG_CHANGE, restarted).deployment()).isEmpty();
    configMaps.put("trusteeconfig-kbs-config", "9");
    assertThat(
            annotations(
                maintain(RestartRule.ON_CONFIG_CHANGE, restarted).deployment().orElseThrow()))
        .containsKeys(TrusteePlan.RESTARTED_AT, TrusteeDeployment.VERSIONS);
  }

  @Test
  void readyMeansThatAllReplicasAreReady() {
    Deployment half = withStatus(2, 1);
    Deployment none = withStatus(0, 0);
    Deployment all = withStatus(2, 2);
    assertThat(maintain(RestartRule.MANUAL, half).ready()).isFalse();
    assertThat(maintain(RestartRule.MANUAL, none).ready()).isFalse();
    assertThat(maintain(RestartRule.MANUAL, all).ready()).isTrue();
  }

  @Test
  void microservicesAreRefusedByName() {
    specOf(config).put("kbsDeploymentType", "MicroservicesDeployment");
    assertThatThrownBy(() -> plan(RestartRule.MANUAL, Optional.empty()))
        .isInstanceOfSatisfying(
            OperatorException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_OBJECT))
        .hasMessageContaining("MicroservicesDeployment");
  }

  @Test
  void aWrongShapeIsNamed() {
    specOf(config).put("kbsSecretResources", "fraud-dataset");
    assertThatThrownBy(() -> KbsConfigSpec.of(config))
        .hasMessage("spec.kbsSecretResources is not a list");
  }

  private Deployment withStatus(int replicas, int ready) {
    return new DeploymentBuilder(created(RestartRule.MANUAL))
        .withNewStatus()
        .withReplicas(replicas)
        .withReadyReplicas(ready)
        .endStatus()
        .build();
  }

  private static Map<String, String> annotations(Deployment d) {
    Map<String, String> annotations = d.getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations == null ? Map.of() : annotations;
  }

  private Deployment created(RestartRule rule) {
    return ((TrusteePlan.CreateDeployment) plan(rule, Optional.empty())).deployment();
  }

  private TrusteePlan.Maintain maintain(RestartRule rule, Deployment found) {
    return (TrusteePlan.Maintain) plan(rule, Optional.of(found));
  }

  private TrusteePlan plan(RestartRule rule, Optional<Deployment> found) {
    TrusteeOperatorOptions options =
        new TrusteeOperatorOptions(
            "trustee-operator-system",
            "kbs:1",
            "operator:1",
            rule,
            true,
            Clock.systemUTC(),
            line -> {});
    return TrusteePlan.of(
        config,
        new TrusteePlan.Observed(configMaps, secrets, found, Optional.empty(), Map.of()),
        options,
        JSON);
  }

  private void addResource(String name) {
    List<Object> list = new ArrayList<>((List<?>) specOf(config).get("kbsSecretResources"));
    list.add(name);
    specOf(config).put("kbsSecretResources", list);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> specOf(GenericKubernetesResource object) {
    return (Map<String, Object>) object.getAdditionalProperties().get("spec");
  }

  private static GenericKubernetesResource kbsConfig() {
    TlsPair pair = new TlsPair("cert", "key");
    TrusteeObjects objects =
        new TrusteeObjects(
            TrusteeSetup.Request.workshop(pair, pair, Optional.empty()), new SecureRandom());
    GenericKubernetesResource owner = objects.trusteeConfig();
    owner.getMetadata().setUid("uid-tc");
    HasMetadata last = objects.derived(owner).get(objects.derived(owner).size() - 1);
    GenericKubernetesResource config = (GenericKubernetesResource) last;
    config.getMetadata().setUid("uid-kbs");
    return config;
  }
}
