package dev.cocolab.apiserver.watch;

import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.ResourceReader.ListQuery;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What is watched.
 *
 * @param type kind and version
 * @param namespace one namespace, or empty for all
 * @param query selectors; its resource version says where the watch starts
 * @param bookmarks whether the client reads bookmarks
 * @param initialEvents {@code sendInitialEvents} if it was given
 * @param life when the server ends the watch
 */
public record WatchRequest(
    ResourceType type,
    String namespace,
    ListQuery query,
    boolean bookmarks,
    Optional<Boolean> initialEvents,
    Duration life) {
  public WatchRequest {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(query, "query");
    Objects.requireNonNull(initialEvents, "initialEvents");
  }
}
