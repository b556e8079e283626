package dev.cocolab.operators.trustee;

import dev.cocolab.operators.control.ObjectKey;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the operator's watches have seen of its namespace. */
public record TrusteeCaches(
    String namespace,
    SharedIndexInformer<GenericKubernetesResource> kbsConfigs,
    SharedIndexInformer<ConfigMap> configMaps,
    SharedIndexInformer<Secret> secrets,
    SharedIndexInformer<Deployment> deployments,
    SharedIndexInformer<Service> services) {

  List<GenericKubernetesResource> configs() {
    return kbsConfigs.getIndexer().list();
  }

  Optional<GenericKubernetesResource> config(ObjectKey key) {
    return Optional.ofNullable(kbsConfigs.getIndexer().getByKey(key.cacheKey()));
  }

  Optional<Deployment> deployment() {
    return Optional.ofNullable(
        deployments.getIndexer().getByKey(namespace + "/" + TrusteeDeployment.NAME));
  }

  TrusteePlan.Observed observe(Map<String, String> proxy) {
    return new TrusteePlan.Observed(
        configMaps.getIndexer().list().stream()
            .collect(
                Collectors.toMap(
                    m -> m.getMetadata().getName(), m -> m.getMetadata().getResourceVersion())),
        secrets.getIndexer().list().stream()
            .map(s -> s.getMetadata().getName())
            .collect(Collectors.toSet()),
        deployment(),
        Optional.ofNullable(
            services.getIndexer().getByKey(namespace + "/" + TrusteeDeployment.SERVICE)),
        proxy);
  }
}
