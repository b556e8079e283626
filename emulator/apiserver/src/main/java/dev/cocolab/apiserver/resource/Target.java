package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.store.ObjectKey;
import java.util.Objects;

/**
 * What a request is about.
 *
 * @param type kind and version
 * @param namespace namespace, empty for cluster-wide kinds and for lists over all namespaces
 * @param name object name, empty for collections
 */
public record Target(ResourceType type, String namespace, String name) {
  public Target {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(name, "name");
  }

  Target named(String other) {
    return new Target(type, namespace, other);
  }

  ObjectKey key() {
    return new ObjectKey(type.storageName(), namespace, name);
  }

  ApiException notFound() {
    return ApiException.notFound(type.about(name));
  }
}
