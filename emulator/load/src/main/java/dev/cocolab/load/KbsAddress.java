package dev.cocolab.load;

import dev.cocolab.load.LoadException.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;

/**
 * Where a Key Broker Service is.
 *
 * @param tls whether it speaks TLS
 * @param host name or address, without brackets
 * @param port TCP port
 * @param base path in front of {@code /kbs/v0}, without a slash at its end; mostly empty
 */
public record KbsAddress(boolean tls, String host, int port, String base) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;
  private static final int LAST_PORT = 65535;

  /** Checks that nothing is missing. */
  public KbsAddress {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(base, "base");
  }

  /**
   * Reads {@code http://host[:port][/base]} or {@code https://…}.
   *
   * @throws LoadException BAD_INPUT
   */
  public static KbsAddress parse(String url) {
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw bad(url, e);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    if ((!tls && !scheme.equals("http"))
        || uri.getHost() == null
        || uri.getPort() == 0
        || uri.getPort() > LAST_PORT
        || uri.getUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw bad(url, null);
    }
    String host = uri.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    String base = String.valueOf(uri.getRawPath()).replaceAll("/+$", "");
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? HTTPS : HTTP;
    return new KbsAddress(tls, host, port, base);
  }

  private static LoadException bad(String url, Exception cause) {
    return new LoadException(
        Reason.BAD_INPUT,
        "'%s' is no address of a Key Broker Service; give it as https://HOST[:PORT] or http://HOST[:PORT]"
            .formatted(url),
        cause);
  }

  /** Host and port as in a {@code Host} header. */
  public String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (tls ? HTTPS : HTTP) ? name : name + ":" + port;
  }

  /** As it was read, without a slash at its end. */
  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority() + base;
  }
}
