package dev.cocolab.apiserver.store;

import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * One state of one object.
 *
 * @param key where it is kept
 * @param revision revision that wrote this state; also its {@code metadata.resourceVersion}
 * @param size bytes of its JSON, about
 * @param json the object; shared by all readers, so it must not be changed: copy it first
 */
public record StoredObject(ObjectKey key, long revision, long size, ObjectNode json) {
  public StoredObject {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(json, "json");
  }
}
