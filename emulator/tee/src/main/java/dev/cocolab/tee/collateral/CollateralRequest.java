package dev.cocolab.tee.collateral;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A request to a collateral service.
 *
 * @param method such as {@code GET}
 * @param path begins with a slash, without the query
 * @param query decoded parameters, by their names in lower case
 */
public record CollateralRequest(String method, String path, Map<String, String> query) {

  private static final int MAX_URI = 2048;

  public CollateralRequest {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    query = Map.copyOf(query);
  }

  /** A GET of path and query, as in a request line; empty for one that is too long or malformed. */
  public static Optional<CollateralRequest> get(String uri) {
    return of("GET", uri);
  }

  /** A request of path and query; empty for one that is too long or malformed. */
  public static Optional<CollateralRequest> of(String method, String uri) {
    if (uri.length() > MAX_URI || !uri.startsWith("/")) {
      return Optional.empty();
    }
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    Map<String, String> query = new LinkedHashMap<>();
    try {
      for (String pair : mark < 0 ? new String[0] : uri.substring(mark + 1).split("&")) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.put(decoded(name).toLowerCase(Locale.ROOT), decoded(value));
      }
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(new CollateralRequest(method, path, query));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** A parameter; its name counts in any case. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name.toLowerCase(Locale.ROOT)));
  }
}
