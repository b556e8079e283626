package dev.cocolab.apiserver.store;

import java.util.Comparator;
import java.util.Objects;

/**
 * Where an object is kept.
 *
 * @param resource plural and group, for example {@code pods} or {@code deployments.apps}
 * @param namespace namespace, empty for cluster-wide objects
 * @param name object name
 */
public record ObjectKey(String resource, String namespace, String name)
    implements Comparable<ObjectKey> {
  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::resource)
          .thenComparing(ObjectKey::namespace)
          .thenComparing(ObjectKey::name);

  public ObjectKey {
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(name, "name");
  }

  @Override
  public int compareTo(ObjectKey other) {
    return ORDER.compare(this, other);
  }
}
