package dev.cocolab.azure.preflight;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/** Whether an API server takes connections from here. */
@FunctionalInterface
public interface ApiServerProbe {
  /**
   * Returns when it does.
   *
   * @throws IOException when it does not
   */
  void connect(URI apiServer) throws IOException;

  /** Opens a TCP connection and closes it again. */
  static ApiServerProbe tcp(Duration time) {
    return uri -> {
      int port = uri.getPort() < 0 ? 443 : uri.getPort();
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(uri.getHost(), port), Math.toIntExact(time.toMillis()));
      }
    };
  }
}
