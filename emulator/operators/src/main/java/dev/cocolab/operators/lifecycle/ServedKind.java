package dev.cocolab.operators.lifecycle;

import io.fabric8.kubernetes.api.model.APIResource;
import java.util.List;

/**
 * A kind as the API server serves it.
 *
 * @param apiVersion {@code v1} or {@code <group>/<version>}
 * @param plural name in paths
 */
public record ServedKind(
    String apiVersion, String kind, String plural, boolean namespaced, List<String> verbs) {

  public ServedKind {
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

  /** Path of all objects in a namespace, or of all there are when the kind has none. */
  String collectionPath(String namespace) {
    return namespaced ? root() + "/namespaces/" + namespace + "/" + plural : everywhere();
  }

  /** Path of the objects in all namespaces. */
  public String everywhere() {
    return root() + "/" + plural;
  }

  private String root() {
    return apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
  }

  /** Path of one object. */
  public String path(String namespace, String name) {
    return collectionPath(namespace) + "/" + name;
  }
}
