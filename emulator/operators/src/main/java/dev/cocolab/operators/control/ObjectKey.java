package dev.cocolab.operators.control;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Objects;

/**
 * Names one object of a kind.
 *
 * @param namespace empty for cluster-scoped kinds
 * @param name name, unique in the namespace
 */
public record ObjectKey(String namespace, String name) {

  public ObjectKey {
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(name, "name");
  }

  public static ObjectKey of(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    return new ObjectKey(namespace == null ? "" : namespace, object.getMetadata().getName());
  }

  /** The key under which fabric8's caches keep the object. */
  public String cacheKey() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  @Override
  public String toString() {
    return cacheKey();
  }
}
