package dev.cocolab.operators.trustee;

import dev.cocolab.operators.TrusteeOperatorOptions;
import dev.cocolab.operators.control.Owners;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What has to be done about one KbsConfig, decided from what is observed. */
sealed interface TrusteePlan {

  String FINALIZER = "kbsconfig.confidentialcontainers.org/finalizer";
  String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

  /**
   * What the operator sees in its namespace.
   *
   * @param configMapVersions resource version of every ConfigMap
   * @param secrets names of all Secrets
   * @param proxy environment variables of the cluster's proxy
   */
  record Observed(
      Map<String, String> configMapVersions,
      Set<String> secrets,
      Optional<Deployment> deployment,
      Optional<Service> service,
      Map<String, String> proxy) {
    public Observed {
      configMapVersions = Map.copyOf(configMapVersions);
      secrets = Set.copyOf(secrets);
      proxy = Map.copyOf(proxy);
    }
  }

  /** The KbsConfig is being deleted: the Deployment goes, then the finalizer. */
  record Retire(boolean deleteDeployment) implements TrusteePlan {}

  /**
   * Something the KbsConfig names does not exist. Nothing is touched; the object's appearance
   * continues.
   *
   * @param message in the words of the operator's client: {@code Secret "x" not found}
   */
  record Missing(String message) implements TrusteePlan {}

  record CreateDeployment(Deployment deployment) implements TrusteePlan {}

  /**
   * The Deployment is there.
   *
   * @param deployment what to write, if it differs
   * @param service what to create or write, if it is missing or differs
   * @param ready what {@code status.isReady} should say
   */
  record Maintain(Optional<Deployment> deployment, Optional<Service> service, boolean ready)
      implements TrusteePlan {}

  static TrusteePlan of(
      GenericKubernetesResource config,
      Observed observed,
      TrusteeOperatorOptions options,
      KubernetesSerialization serialization) {
    if (config.getMetadata().getDeletionTimestamp() != null) {
      boolean ours =
          observed.deployment().filter(d -> Owners.isControlledBy(d, config)).isPresent();
      return new Retire(ours);
    }
    KbsConfigSpec spec = KbsConfigSpec.of(config);
    Optional<String> missing = missing(spec, observed);
    if (missing.isPresent()) {
      return new Missing(missing.get());
    }
    TrusteeDeployment builder = new TrusteeDeployment(spec, config, options);
    Deployment wanted = builder.deployment(observed.configMapVersions(), observed.proxy());
    if (observed.deployment().isEmpty()) {
      return new CreateDeployment(wanted);
    }
    Deployment found = observed.deployment().get();
    return new Maintain(
        update(found, wanted, serialization),
        update(observed.service(), builder.service()),
        ready(found));
  }

  private static Optional<String> missing(KbsConfigSpec spec, Observed observed) {
    List<String> messages = new ArrayList<>();
    spec.configMaps().stream()
        .filter(name -> !observed.configMapVersions().containsKey(name))
        .forEach(name -> messages.add("ConfigMap \"" + name + "\" not found"));
    spec.secrets().stream()
        .filter(name -> !observed.secrets().contains(name))
        .forEach(name -> messages.add("Secret \"" + name + "\" not found"));
    return messages.stream().findFirst();
  }

  /**
   * The template and the number of replicas are the operator's. The annotation that {@code kubectl
   * rollout restart} sets is kept: the real operator drops it when it next looks, which undoes the
   * restart while it is under way.
   */
  private static Optional<Deployment> update(
      Deployment found, Deployment wanted, KubernetesSerialization serialization) {
    Map<String, String> annotations = new LinkedHashMap<>();
    Map<String, String> present = found.getSpec().getTemplate().getMetadata().getAnnotations();
    if (present != null && present.containsKey(RESTARTED_AT)) {
      annotations.put(RESTARTED_AT, present.get(RESTARTED_AT));
    }
    Map<String, String> own = wanted.getSpec().getTemplate().getMetadata().getAnnotations();
    if (own != null) {
      annotations.putAll(own);
    }
    Deployment merged =
        new DeploymentBuilder(found)
            .editSpec()
            .withReplicas(wanted.getSpec().getReplicas())
            .withNewTemplateLike(wanted.getSpec().getTemplate())
            .editMetadata()
            .withAnnotations(annotations)
            .endMetadata()
            .endTemplate()
            .endSpec()
            .build();
    boolean differs =
        !wanted.getSpec().getReplicas().equals(found.getSpec().getReplicas())
            || Drift.between(
                serialization.convertValue(merged.getSpec().getTemplate(), Map.class),
                serialization.convertValue(found.getSpec().getTemplate(), Map.class));
    return differs ? Optional.of(merged) : Optional.empty();
  }

  private static Optional<Service> update(Optional<Service> found, Service wanted) {
    if (found.isEmpty()) {
      return Optional.of(wanted);
    }
    var spec = found.get().getSpec();
    boolean same =
        wanted.getSpec().getType().equals(spec.getType())
            && wanted.getSpec().getSelector().equals(spec.getSelector())
            && spec.getPorts() != null
            && spec.getPorts().size() == 1
            && samePort(wanted, found.get());
    if (same) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceBuilder(found.get())
            .editSpec()
            .withType(wanted.getSpec().getType())
            .withSelector(wanted.getSpec().getSelector())
            .withPorts(wanted.getSpec().getPorts())
            .endSpec()
            .build());
  }

  private static boolean samePort(Service wanted, Service found) {
    var w = wanted.getSpec().getPorts().get(0);
    var f = found.getSpec().getPorts().get(0);
    return w.getName().equals(f.getName())
        && w.getPort().equals(f.getPort())
        && w.getTargetPort().equals(f.getTargetPort());
  }

  private static boolean ready(Deployment deployment) {
    var status = deployment.getStatus();
    if (status == null || status.getReadyReplicas() == null || status.getReplicas() == null) {
      return false;
    }
    return status.getReadyReplicas() >= 1 && status.getReadyReplicas().equals(status.getReplicas());
  }
}
