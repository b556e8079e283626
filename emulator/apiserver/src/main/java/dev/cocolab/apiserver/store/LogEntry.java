package dev.cocolab.apiserver.store;

import dev.cocolab.apiserver.json.Trees;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One state that was written, as the log keeps it.
 *
 * @param key where the object is kept
 * @param revision revision of the change
 * @param deleted whether the object is gone with it
 * @param json the object; empty when it is gone
 */
record LogEntry(ObjectKey key, long revision, boolean deleted, ObjectNode json) {
  LogEntry {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(json, "json");
  }

  byte[] bytes() {
    ObjectNode out = Trees.object();
    out.put("revision", revision)
        .put("resource", key.resource())
        .put("namespace", key.namespace())
        .put("name", key.name());
    if (!deleted) {
      out.set("object", json);
    }
    return Trees.MAPPER.writeValueAsBytes(out);
  }

  static LogEntry parse(byte[] bytes, long offset) {
    try {
      JsonNode tree = Trees.MAPPER.readTree(bytes);
      boolean deleted = !tree.has("object");
      return new LogEntry(
          new ObjectKey(
              tree.path("resource").asString(),
              tree.path("namespace").asString(),
              tree.path("name").asString()),
          tree.path("revision").asLong(),
          deleted,
          deleted ? Trees.object() : (ObjectNode) tree.path("object"));
    } catch (JacksonException | ClassCastException e) {
      throw LogFrame.corrupt(offset, "a record is not what this version writes");
    }
  }
}
