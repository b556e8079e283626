package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.util.Objects;

/**
 * {@code kbs://[host[:port]]/<repository>/<type>/<tag>[?query]} or {@code kbs+<plugin>://…}.
 *
 * <p>The host is read and ignored: a guest asks the broker of its configuration, whatever an
 * untrusted document names. The number of path segments is the broker's business.
 *
 * @param plugin {@code resource} for the plain scheme
 * @param path the path without its leading slash, for instance {@code default/key/1}
 * @param query the query without its question mark, empty when there is none
 */
public record ResourceUri(String plugin, String path, String query) {
  private static final String NO_PATH =
      "invalid kbs resource uri, should be kbs://<addr-of-kbs>/<repo>/<type>/<tag>";

  /** Checks that nothing is missing. */
  public ResourceUri {
    Objects.requireNonNull(plugin, "plugin");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(query, "query");
    if (plugin.isEmpty()) {
      throw new ProtocolException(
          Reason.BAD_URI, "scheme kbs+ requires a plugin name, e.g. kbs+pkcs11");
    }
    if (path.isEmpty()) {
      throw new ProtocolException(Reason.BAD_URI, NO_PATH);
    }
  }

  /** The resource {@code path} of the plugin {@code resource}. */
  public static ResourceUri ofPath(String path) {
    return new ResourceUri("resource", path, "");
  }

  /**
   * Reads a URI.
   *
   * @throws ProtocolException BAD_URI with upstream's text
   */
  public static ResourceUri parse(String uri) {
    int scheme = uri.indexOf("://");
    if (scheme < 0) {
      throw new ProtocolException(Reason.BAD_URI, NO_PATH);
    }
    String plugin = plugin(uri.substring(0, scheme));
    String rest = uri.substring(scheme + 3);
    int fragment = rest.indexOf('#');
    if (fragment >= 0) {
      rest = rest.substring(0, fragment);
    }
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String hostAndPath = question < 0 ? rest : rest.substring(0, question);
    int slash = hostAndPath.indexOf('/');
    if (slash < 0) {
      throw new ProtocolException(Reason.BAD_URI, NO_PATH);
    }
    return new ResourceUri(plugin, hostAndPath.substring(slash + 1), query);
  }

  private static String plugin(String scheme) {
    if (scheme.equals("kbs")) {
      return "resource";
    }
    if (scheme.startsWith("kbs+")) {
      return scheme.substring("kbs+".length());
    }
    throw new ProtocolException(Reason.BAD_URI, "scheme must be kbs or kbs+<plugin>");
  }

  /** The request path on a broker, {@code /kbs/v0/<plugin>/<path>[?query]}. */
  public String requestPath() {
    return "/kbs/v0/" + plugin + "/" + path + (query.isEmpty() ? "" : "?" + query);
  }

  /** The portable form, without a host. */
  @Override
  public String toString() {
    String scheme = plugin.equals("resource") ? "kbs" : "kbs+" + plugin;
    return scheme + ":///" + path + (query.isEmpty() ? "" : "?" + query);
  }
}
