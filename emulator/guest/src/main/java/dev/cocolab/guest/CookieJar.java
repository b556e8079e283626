package dev.cocolab.guest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cookies of one broker; path and age are not looked at, because a client ends soon. */
final class CookieJar {

  private final Map<String, String> cookies = new LinkedHashMap<>();

  /** Remembers the values of Set-Cookie headers. */
  void keep(List<String> headers) {
    for (String header : headers) {
      int end = header.indexOf(';');
      String pair = end < 0 ? header : header.substring(0, end);
      int equals = pair.indexOf('=');
      if (equals > 0) {
        cookies.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      }
    }
  }

  /** The header {@code Cookie}, or nothing while there is no cookie. */
  Map<String, String> header() {
    List<String> pairs =
        cookies.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    return pairs.isEmpty() ? Map.of() : Map.of("Cookie", String.join("; ", pairs));
  }
}
