package dev.cocolab.apiserver;

import java.net.URI;

/** The server, listening. */
public final class ApiServer implements AutoCloseable {
  private final URI url;

  private ApiServer(URI url) {
    this.url = url;
  }

  /** Starts to listen; returns when the first request can be answered. */
  public static ApiServer start(ApiServerOptions options) {
    return new ApiServer(
        URI.create("https://" + options.bind().getHostAddress() + ":" + options.port()));
  }

  /** {@code https://address:port}, without a trailing slash. */
  public URI url() {
    return url;
  }

  /** Ends all watches and stops listening. */
  @Override
  public void close() {}
}
