package dev.cocolab.apiserver.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects, revisions and the recent past. Every change gets the next revision of one counter for
 * all kinds. Implementations are safe for several threads and tell listeners about changes in the
 * order of revisions.
 */
public interface ObjectStore {

  /** Any resource, or any namespace. */
  String ANY = "";

  /** Revision of the latest change. */
  long revision();

  Optional<StoredObject> get(ObjectKey key);

  /**
   * Objects of a resource in key order.
   *
   * @param resource as in {@link ObjectKey}
   * @param namespace one namespace, or {@link #ANY}
   * @param atRevision the state of the past to read; empty for now
   * @throws ExpiredRevision when that past is no longer known
   */
  Snapshot list(String resource, String namespace, OptionalLong atRevision);

  /**
   * Writes if nobody else has written since.
   *
   * @param expectedRevision revision the object must have now, 0 if it must not exist
   * @param object new state; the store keeps it and sets its {@code metadata.resourceVersion}
   * @return the new state, or empty when the expectation did not hold
   */
  Optional<StoredObject> write(ObjectKey key, long expectedRevision, ObjectNode object);

  /**
   * Removes if nobody else has written since.
   *
   * @param lastState what watchers see of the object; the store keeps it and sets its {@code
   *     metadata.resourceVersion}
   * @return the last state, or empty when the expectation did not hold
   */
  Optional<StoredObject> delete(ObjectKey key, long expectedRevision, ObjectNode lastState);

  /**
   * Calls the listener for each change after the revision, the past first. The listener must be
   * quick and must not call back; it is never called after the subscription is closed.
   *
   * @throws ExpiredRevision when changes after that revision are no longer known
   */
  Subscription subscribe(
      String resource, String namespace, long afterRevision, Consumer<StoreEvent> listener);

  /** Objects and the revision at which they were so. */
  record Snapshot(List<StoredObject> objects, long revision) {}

  /** Ends the calls to a listener. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** A revision older than the recent past. */
  final class ExpiredRevision extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final long oldest;

    ExpiredRevision(long wanted, long oldest) {
      super("revision " + wanted + " is older than " + oldest);
      this.oldest = oldest;
    }

    /** The oldest revision still known. */
    public long oldest() {
      return oldest;
    }
  }
}
