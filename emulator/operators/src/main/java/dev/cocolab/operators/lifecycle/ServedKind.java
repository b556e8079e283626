package dev.cocolab.operators.lifecycle;

import io.fabric8.kubernetes.api.model.APIResource;
import java.util.List;

/**
 * A kind as the API server serves it.
 *
 * @param apiVersion {@code v1} or {@code <group>/<version>}
 * @param plural name in paths
 */
record ServedKind(
    String apiVersion, String kind, String plural, boolean namespaced, List<String> verbs) {

  ServedKind {
    verbs = List.copyOf(verbs);
  }

  static ServedKind of(String apiVersion, APIResource resource) {
    return new ServedKind(
        apiVersion,
        resource.getKind(),
        resource.getName(),
        Boolean.TRUE.equals(resource.getNamespaced()),
        resource.getVerbs() == null ? List.of() : resource.getVerbs());
  }

  String collectionPath(String namespace) {
    String root = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
    return namespaced ? root + "/namespaces/" + namespace + "/" + plural : root + "/" + plural;
  }

  String path(String namespace, String name) {
    return collectionPath(namespace) + "/" + name;
  }
}
