package dev.cocolab.apiserver.store;

import java.util.Optional;

/**
 * One change.
 *
 * @param revision revision of the change
 * @param before state before it; empty when the object was created
 * @param after state after it; when the object was deleted, its last state with the revision of the
 *     deletion
 * @param deleted whether the object is gone
 */
public record StoreEvent(
    long revision, Optional<StoredObject> before, StoredObject after, boolean deleted) {
  public ObjectKey key() {
    return after.key();
  }
}
