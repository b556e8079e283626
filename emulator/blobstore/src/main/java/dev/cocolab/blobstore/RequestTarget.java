package dev.cocolab.blobstore;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a request addresses.
 *
 * @param account account name
 * @param container container name; empty for the account itself
 * @param blob blob name, percent-decoded; empty for the container itself
 * @param rawPath the path as sent, percent-encoded (Shared Key signs this form)
 * @param query query parameters, names in lower case, values percent-decoded
 */
record RequestTarget(
    String account,
    Optional<String> container,
    Optional<String> blob,
    String rawPath,
    TreeMap<String, String> query) {

  static final String HOST_SUFFIX = ".blob.core.windows.net";

  private static final Pattern CONTAINER =
      Pattern.compile("(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]|\\$root");
  private static final Pattern IP_OR_LOCAL =
      Pattern.compile("localhost|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+\\]");
  private static final int LONGEST_BLOB_NAME = 1024;
  private static final int LONGEST_URI = 16 * 1024;

  /**
   * Takes a request apart.
   *
   * @param host value of the Host header; a host that is an address or {@code localhost} means path
   *     style, {@code /account/container/blob}
   * @param uri path and query as sent
   */
  static RequestTarget parse(String host, String uri) {
    if (uri.length() > LONGEST_URI || !uri.startsWith("/")) {
      throw new RefusedException(BlobError.INVALID_URI);
    }
    int mark = uri.indexOf('?');
    String rawPath = mark < 0 ? uri : uri.substring(0, mark);
    TreeMap<String, String> query = query(mark < 0 ? "" : uri.substring(mark + 1));
    String name = host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]+$", "");
    String path = rawPath.substring(1);
    String account;
    if (name.endsWith(HOST_SUFFIX)) {
      account = name.substring(0, name.length() - HOST_SUFFIX.length());
    } else if (IP_OR_LOCAL.matcher(name).matches()) {
      int slash = path.indexOf('/');
      account = slash < 0 ? path : path.substring(0, slash);
      path = slash < 0 ? "" : path.substring(slash + 1);
    } else {
      throw new RefusedException(BlobError.INVALID_URI);
    }
    int slash = path.indexOf('/');
    String container = decode(slash < 0 ? path : path.substring(0, slash));
    String blob = slash < 0 ? "" : decode(path.substring(slash + 1));
    if (!container.isEmpty()) {
      checkContainer(container);
    }
    if (blob.length() > LONGEST_BLOB_NAME) {
      throw new RefusedException(BlobError.INVALID_RESOURCE_NAME);
    }
    return new RequestTarget(account, present(container), present(blob), rawPath, query);
  }

  /** Refuses container names that break the naming rules. */
  static void checkContainer(String name) {
    if (!CONTAINER.matcher(name).matches()) {
      throw new RefusedException(BlobError.INVALID_RESOURCE_NAME);
    }
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** {@code /blob/account/container[/blob]}, as SAS signatures name a resource. */
  String canonicalContainer() {
    return "/blob/" + account + "/" + container.orElse("");
  }

  String canonicalBlob() {
    return canonicalContainer() + "/" + blob.orElse("");
  }

  private static TreeMap<String, String> query(String raw) {
    TreeMap<String, String> parameters = new TreeMap<>();
    for (String part : raw.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      String name = decode(equals < 0 ? part : part.substring(0, equals)).toLowerCase(Locale.ROOT);
      String value = equals < 0 ? "" : decodeQuery(part.substring(equals + 1));
      if (parameters.put(name, value) != null) {
        throw RefusedException.query(name, value, "The parameter is given twice.");
      }
    }
    return parameters;
  }

  private static Optional<String> present(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static String decode(String text) {
    return decodeQuery(text.replace("+", "%2B"));
  }

  private static String decodeQuery(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(BlobError.INVALID_URI);
    }
  }

  /** Percent-encodes a query value; a blank becomes {@code %20}. */
  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
