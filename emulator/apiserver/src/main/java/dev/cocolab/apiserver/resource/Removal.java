package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes objects out of the store when nothing holds them any more. */
final class Removal {
  private final ObjectStore store;
  private final Definitions definitions;

  Removal(ObjectStore store, Definitions definitions) {
    this.store = store;
    this.definitions = definitions;
  }

  /** Whether an object that is being deleted has neither finalizers nor a grace period left. */
  boolean isDone(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    boolean held =
        !metadata.path("finalizers").isEmpty()
            || Trees.number(metadata, "deletionGracePeriodSeconds").orElse(0) > 0
            || (Trees.textOrEmpty(object, "kind").equals("Namespace")
                && Trees.textOrEmpty(object, "apiVersion").equals("v1")
                && !Trees.at(object, "spec", "finalizers").isEmpty());
    return metadata.has("deletionTimestamp") && !held;
  }

  /** Removes; empty when someone else has written meanwhile. */
  Optional<ObjectNode> remove(Target target, StoredObject stored, ObjectNode lastState) {
    Optional<StoredObject> gone = store.delete(target.key(), stored.revision(), lastState);
    gone.ifPresent(state -> definitions.removed(target.type(), state.json()));
    return gone.map(StoredObject::json);
  }
}
