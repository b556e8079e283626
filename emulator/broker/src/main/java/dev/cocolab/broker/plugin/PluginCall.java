package dev.cocolab.broker.plugin;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A request as a plugin sees it.
 *
 * @param method HTTP method
 * @param path the elements behind the plugin's name, possibly none
 * @param query members of the query string
 * @param body the body, not to be changed; empty when there is none
 * @param initDataClaims what the caller's token says of its initdata; empty for administrators and
 *     for guests without initdata
 */
@SuppressWarnings("ArrayRecordComponent") // neither changed nor compared as a record
public record PluginCall(
    String method,
    List<String> path,
    Map<String, String> query,
    byte[] body,
    Optional<JsonNode> initDataClaims) {
  /** Copies the collections. */
  public PluginCall {
    Objects.requireNonNull(method, "method");
    path = List.copyOf(path);
    query = Map.copyOf(query);
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(initDataClaims, "initDataClaims");
  }

  /** The path with slashes between its elements. */
  public String joined() {
    return String.join("/", path);
  }

  /** The same request with what the token says of initdata. */
  public PluginCall with(Optional<JsonNode> claims) {
    return new PluginCall(method, path, query, body, claims);
  }
}
