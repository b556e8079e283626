package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ObjectNode;

/**
 * Removes events an hour after they were last seen, as a real server does; otherwise they would be
 * kept for ever.
 */
public final class EventExpiry {
  private static final Duration LIFE = Duration.ofHours(1);

  private final ObjectStore store;
  private final Clock clock;

  public EventExpiry(ObjectStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Removes what is old now; to be called from time to time. */
  public void sweep() {
    Instant limit = clock.instant().minus(LIFE);
    for (StoredObject event :
        store.list("events", ObjectStore.ANY, OptionalLong.empty()).objects()) {
      if (lastSeen(event.json()).filter(limit::isAfter).isPresent()) {
        store.delete(event.key(), event.revision(), event.json().deepCopy());
      }
    }
  }

  /** The later of creation and last occurrence. */
  private static Optional<Instant> lastSeen(ObjectNode event) {
    Optional<Instant> created = instant(Trees.textOrEmpty(event, "metadata", "creationTimestamp"));
    Optional<Instant> last = instant(Trees.textOrEmpty(event, "lastTimestamp"));
    return last.isPresent() && created.filter(last.get()::isBefore).isEmpty() ? last : created;
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }
}
