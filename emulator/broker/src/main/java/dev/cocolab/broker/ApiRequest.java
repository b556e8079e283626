package dev.cocolab.broker;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request for an endpoint.
 *
 * @param method HTTP method
 * @param path the path of its route; for the KBS what follows {@code /kbs/v0/}
 * @param uri as it was sent, with its query
 * @param query the query string's members; the last of a name counts
 * @param session value of the session cookie
 * @param authorization the header
 * @param body the body, empty when there is none
 * @param caller who sends it
 */
record ApiRequest(
    String method,
    String path,
    String uri,
    Map<String, String> query,
    Optional<String> session,
    Optional<String> authorization,
    Buffer body,
    Caller caller) {

  byte[] bodyBytes() {
    return body.getBytes();
  }

  /** First element of the path. */
  String plugin() {
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  /** The other elements. */
  List<String> resourcePath() {
    int slash = path.indexOf('/');
    return slash < 0 ? List.of() : List.of(path.substring(slash + 1).split("/", -1));
  }

  boolean is(String plugin, String method) {
    return plugin().equals(plugin) && this.method.equals(method);
  }
}
