package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.ServiceAccountTokens.LiveObjects;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Looks up what tokens are bound to. What is being deleted lives on for a minute. */
final class BoundObjects implements LiveObjects {
  private static final Duration LEEWAY = Duration.ofSeconds(60);

  private final ObjectStore store;
  private final Clock clock;

  BoundObjects(ObjectStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public boolean exists(String resource, String namespace, String name, String uid) {
    return store
        .get(new ObjectKey(resource, namespace, name))
        .filter(object -> Trees.textOrEmpty(object.json(), "metadata", "uid").equals(uid))
        .filter(this::stays)
        .isPresent();
  }

  private boolean stays(StoredObject object) {
    Optional<String> end = Trees.text(object.json(), "metadata", "deletionTimestamp");
    try {
      return end.map(Instant::parse)
          .map(at -> at.plus(LEEWAY).isAfter(clock.instant()))
          .orElse(true);
    } catch (DateTimeParseException noTime) {
      return false;
    }
  }
}
