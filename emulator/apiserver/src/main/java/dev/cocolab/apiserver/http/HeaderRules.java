package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.status.ApiException;
import io.vertx.core.MultiMap;
import java.util.Map;

/** The grammar of header fields (RFC 9110, section 5), which the parser of HTTP/1.1 leaves open. */
final class HeaderRules {
  private static final String PUNCTUATION = "!#$%&'*+-.^_`|~";
  private static final char DELETE = 0x7f;

  private HeaderRules() {}

  /** Throws 400 for a name that is no token and a value with control characters. */
  static void require(MultiMap headers) {
    for (Map.Entry<String, String> header : headers) {
      if (!isToken(header.getKey())) {
        throw ApiException.badRequest("a header of the request has a malformed name");
      }
      if (header.getValue().chars().anyMatch(c -> (c < ' ' && c != '\t') || c == DELETE)) {
        throw ApiException.badRequest("a header of the request has a malformed value");
      }
    }
  }

  private static boolean isToken(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || PUNCTUATION.indexOf(c) >= 0);
  }
}
