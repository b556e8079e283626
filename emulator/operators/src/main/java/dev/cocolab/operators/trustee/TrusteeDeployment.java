package dev.cocolab.operators.trustee;

import dev.cocolab.operators.TrusteeOperatorOptions;
import dev.cocolab.operators.TrusteeOperatorOptions.RestartRule;
import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The Deployment {@code trustee-deployment} and the Service {@code kbs-service} of a KbsConfig, all
 * in one container.
 */
final class TrusteeDeployment {

  static final String NAME = "trustee-deployment";
  static final String SERVICE = "kbs-service";
  static final String VERSIONS = "kbs.confidentialcontainers.org/configmap-versions";
  private static final Map<String, String> LABELS = Map.of("app", "kbs");
  private static final int PORT = 8080;

  private final KbsConfigSpec spec;
  private final HasMetadata owner;
  private final TrusteeOperatorOptions options;

  TrusteeDeployment(KbsConfigSpec spec, HasMetadata owner, TrusteeOperatorOptions options) {
    this.spec = spec;
    this.owner = owner;
    this.options = options;
  }

  /**
   * The Deployment for ConfigMaps of these versions.
   *
   * @param configMapVersions resource versions by ConfigMap name
   * @param proxy variables of the cluster's proxy, overridden by the KbsConfig's own
   */
  Deployment deployment(Map<String, String> configMapVersions, Map<String, String> proxy) {
    TrusteeVolumes volumes = TrusteeVolumes.of(spec);
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(NAME)
        .withNamespace(options.namespace())
        .withOwnerReferences(Owners.controlledBy(owner))
        .endMetadata()
        .withNewSpec()
        .withReplicas(spec.replicas())
        .withNewSelector()
        .withMatchLabels(LABELS)
        .endSelector()
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxUnavailable(new IntOrString(1))
        .endRollingUpdate()
        .endStrategy()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(LABELS)
        .withAnnotations(annotations(configMapVersions))
        .endMetadata()
        .withNewSpec()
        .withInitContainers(secretConverter(volumes))
        .withContainers(kbs(volumes, environment(proxy)))
        .withVolumes(volumes.volumes())
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private Map<String, String> annotations(Map<String, String> versions) {
    if (options.restart() == RestartRule.MANUAL) {
      return Map.of();
    }
    String value =
        spec.configMaps().stream()
            .filter(versions::containsKey)
            .map(name -> name + ":" + versions.get(name))
            .collect(Collectors.joining(","));
    return Map.of(VERSIONS, value);
  }

  private List<EnvVar> environment(Map<String, String> proxy) {
    Map<String, String> all = new TreeMap<>(proxy);
    all.putAll(spec.environment());
    return all.entrySet().stream().map(e -> new EnvVar(e.getKey(), e.getValue(), null)).toList();
  }

  private Container secretConverter(TrusteeVolumes volumes) {
    return new ContainerBuilder()
        .withName("secret-converter")
        .withImage(options.operatorImage())
        .withCommand("/secret-converter")
        .withVolumeMounts(volumes.converterMounts())
        .withSecurityContext(new SecurityContextBuilder(confined()).withRunAsNonRoot(true).build())
        .build();
  }

  private Container kbs(TrusteeVolumes volumes, List<EnvVar> environment) {
    ContainerBuilder container =
        new ContainerBuilder()
            .withName("kbs")
            .withImage(options.kbsImage())
            .withCommand("/usr/local/bin/kbs", "--config-file", "/etc/kbs-config/kbs-config.toml")
            .addNewPort()
            .withContainerPort(PORT)
            .withName("kbs")
            .endPort()
            .withEnv(environment)
            .withVolumeMounts(volumes.kbsMounts())
            .withSecurityContext(confined());
    if (options.healthProbes()) {
      container.withReadinessProbe(probe(5, 10)).withLivenessProbe(probe(15, 30));
    }
    return container.build();
  }

  private Probe probe(int delaySeconds, int periodSeconds) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath("/healthz")
        .withPort(new IntOrString(PORT))
        .withScheme(spec.servesHttps() ? "HTTPS" : "HTTP")
        .endHttpGet()
        .withInitialDelaySeconds(delaySeconds)
        .withPeriodSeconds(periodSeconds)
        .withTimeoutSeconds(5)
        .withFailureThreshold(3)
        .build();
  }

  private static SecurityContext confined() {
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
  }

  Service service() {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName(SERVICE)
        .withNamespace(options.namespace())
        .withOwnerReferences(Owners.controlledBy(owner))
        .endMetadata()
        .withNewSpec()
        .withType(spec.serviceType())
        .withSelector(LABELS)
        .addNewPort()
        .withName("kbs-port")
        .withProtocol("TCP")
        .withPort(PORT)
        .withTargetPort(new IntOrString(PORT))
        .endPort()
        .endSpec()
        .build();
  }
}
