package dev.cocolab.operators.lifecycle;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds kinds by discovery. What is found is remembered; what is not found is asked for again,
 * since CRDs come and go.
 */
public final class Catalogue {

  private final KubernetesClient client;
  private final Map<String, Map<String, ServedKind>> byVersion = new ConcurrentHashMap<>();

  /** Asks this client's server. */
  public Catalogue(KubernetesClient client) {
    this.client = client;
  }

  Optional<ServedKind> find(String apiVersion, String kind) {
    Map<String, ServedKind> known = byVersion.get(apiVersion);
    if (known != null && known.containsKey(kind)) {
      return Optional.of(known.get(kind));
    }
    Map<String, ServedKind> fresh = read(apiVersion);
    byVersion.put(apiVersion, fresh);
    return Optional.ofNullable(fresh.get(kind));
  }

  /** Every namespaced kind that can be listed and deleted, in each group's preferred version. */
  public List<ServedKind> deletableInNamespaces() {
    List<String> versions = new ArrayList<>();
    versions.add("v1");
    for (APIGroup group : client.getApiGroups().getGroups()) {
      versions.add(group.getPreferredVersion().getGroupVersion());
    }
    List<ServedKind> result = new ArrayList<>();
    for (String version : versions) {
      for (ServedKind kind : read(version).values()) {
        if (kind.namespaced() && kind.verbs().contains("list") && kind.verbs().contains("delete")) {
          result.add(kind);
        }
      }
    }
    return result;
  }

  private Map<String, ServedKind> read(String apiVersion) {
    Map<String, ServedKind> result = new LinkedHashMap<>();
    APIResourceList list = client.getApiResources(apiVersion);
    if (list != null && list.getResources() != null) {
      list.getResources().stream()
          .filter(r -> !r.getName().contains("/"))
          .forEach(r -> result.putIfAbsent(r.getKind(), ServedKind.of(apiVersion, r)));
    }
    return result;
  }
}
