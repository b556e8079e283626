package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.status.ApiException;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A path below {@code /api/v1} or {@code /apis/group/version}.
 *
 * @param group API group, empty for core
 * @param version version
 * @param namespace namespace, may be empty
 * @param resource plural
 * @param name object name, may be empty
 * @param subresource may be empty
 */
record RequestPath(
    String group,
    String version,
    String namespace,
    String resource,
    String name,
    String subresource) {

  /** Splits a path; empty when it is no path of a resource. Parts are percent-decoded. */
  static Optional<RequestPath> parse(String path) {
    List<String> parts = Arrays.asList(path.substring(1).split("/", -1));
    if (parts.stream().anyMatch(String::isEmpty)) {
      return Optional.empty();
    }
    List<String> decoded = parts.stream().map(RequestPath::decode).toList();
    if (decoded.size() >= 3 && decoded.get(0).equals("api")) {
      return resource("", decoded.get(1), decoded.subList(2, decoded.size()));
    }
    if (decoded.size() >= 4 && decoded.get(0).equals("apis")) {
      return resource(decoded.get(1), decoded.get(2), decoded.subList(3, decoded.size()));
    }
    return Optional.empty();
  }

  private static String decode(String part) {
    try {
      return QueryStringDecoder.decodeComponent(part.replace("+", "%2B"));
    } catch (IllegalArgumentException malformed) {
      throw ApiException.badRequest("the path is not percent-encoded");
    }
  }

  private static Optional<RequestPath> resource(String group, String version, List<String> rest) {
    boolean inNamespace =
        rest.size() >= 3
            && rest.get(0).equals("namespaces")
            && !rest.get(2).equals("status")
            && !rest.get(2).equals("finalize");
    String namespace = inNamespace ? rest.get(1) : "";
    List<String> parts = inNamespace ? rest.subList(2, rest.size()) : rest;
    if (parts.size() > 3) {
      return Optional.empty();
    }
    return Optional.of(
        new RequestPath(
            group,
            version,
            namespace,
            parts.get(0),
            parts.size() > 1 ? parts.get(1) : "",
            parts.size() > 2 ? parts.get(2) : ""));
  }
}
