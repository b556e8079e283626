package dev.cocolab.cli.lint;

import dev.cocolab.broker.lint.LintSubject;
import dev.cocolab.broker.lint.LintSubject.PolicyText;
import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.protocol.InitdataException;
import dev.cocolab.rego.RegoDialect;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The documents of a cluster: those that its KbsConfig names, and the initdata of its guests. */
final class ClusterDocuments {
  private static final String PEER_PODS_NAMESPACE = "openshift-sandboxed-containers-operator";
  private static final String PEER_PODS = "peer-pods-cm";
  private static final String REPOSITORY = "default/";

  private static final ResourceDefinitionContext KBS_CONFIGS =
      new ResourceDefinitionContext.Builder()
          .withGroup("confidentialcontainers.org")
          .withVersion("v1alpha1")
          .withKind("KbsConfig")
          .withPlural("kbsconfigs")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final String namespace;

  ClusterDocuments(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * Reads them.
   *
   * @throws CliException NOT_SO when the namespace has no KbsConfig, USAGE when a document cannot
   *     be read
   */
  LintSubject read(RegoDialect dialect) {
    GenericKubernetesResource config =
        client
            .genericKubernetesResources(KBS_CONFIGS)
            .inNamespace(namespace)
            .list()
            .getItems()
            .stream()
            .findFirst()
            .orElseThrow(
                () ->
                    new CliException(
                        ExitCode.NOT_SO,
                        "there is no KbsConfig in namespace %s; name Trustee's with --namespace"
                            .formatted(namespace)));
    return new LintSubject(
        policy(config, "kbsAttestationPolicyConfigMapName"),
        policy(config, "kbsResourcePolicyConfigMapName"),
        map(config, "kbsRvpsRefValuesConfigMapName").map(ClusterDocuments::values),
        initdata(),
        Optional.of(resources(config)),
        dialect);
  }

  private Optional<ConfigMap> map(GenericKubernetesResource config, String field) {
    String name = config.get("spec", field);
    return name == null
        ? Optional.empty()
        : Optional.ofNullable(client.configMaps().inNamespace(namespace).withName(name).get());
  }

  private Optional<PolicyText> policy(GenericKubernetesResource config, String field) {
    return map(config, field)
        .flatMap(
            map ->
                map.getData().entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(".rego"))
                    .findFirst()
                    .map(
                        entry ->
                            new PolicyText(
                                "ConfigMap %s, %s"
                                    .formatted(map.getMetadata().getName(), entry.getKey()),
                                entry.getValue())));
  }

  private static Map<String, JsonNode> values(ConfigMap map) {
    String name = map.getMetadata().getName();
    String text = map.getData().get("reference_value");
    if (text == null) {
      throw new CliException(
          ExitCode.USAGE, "ConfigMap %s has no key reference_value".formatted(name));
    }
    try {
      return ReferenceValueDocument.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.USAGE,
          "ConfigMap %s holds no reference values: %s".formatted(name, e.getMessage()),
          e);
    }
  }

  /** That of the cluster and of each pod that brings its own. */
  private Map<String, Initdata> initdata() {
    Map<String, Initdata> out = new TreeMap<>();
    ConfigMap peerPods =
        client.configMaps().inNamespace(PEER_PODS_NAMESPACE).withName(PEER_PODS).get();
    if (peerPods != null && peerPods.getData() != null) {
      add(out, "ConfigMap " + PEER_PODS, peerPods.getData().get("INITDATA"));
    }
    for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
      add(
          out,
          "pod %s/%s".formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName()),
          pod.getMetadata().getAnnotations().get(Initdata.ANNOTATION));
    }
    return out;
  }

  private static void add(Map<String, Initdata> out, String name, String annotation) {
    if (annotation == null || annotation.isBlank()) {
      return;
    }
    try {
      out.put(name, Initdata.decodeAnnotation(annotation));
    } catch (InitdataException e) {
      throw new CliException(
          ExitCode.USAGE, "the initdata of %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private Set<String> resources(GenericKubernetesResource config) {
    List<String> names = config.get("spec", "kbsSecretResources");
    Set<String> out = new HashSet<>();
    for (String name : names == null ? List.<String>of() : names) {
      Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
      if (secret != null && secret.getData() != null) {
        secret.getData().keySet().forEach(key -> out.add(REPOSITORY + name + "/" + key));
      }
    }
    return out;
  }
}
