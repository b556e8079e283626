package dev.cocolab.sandbox;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A listener inside a pod's network namespace whose connections are relayed to a Unix socket of the
 * host.
 *
 * @param listenIp IPv4 loopback address inside the pod, dotted decimal, for example 127.0.0.1
 * @param port TCP port inside the pod, 1 to 65535; low ports need no privilege there
 * @param unixSocket absolute path of a listening stream socket on the host, at most 107 bytes
 */
public record Forward(String listenIp, int port, Path unixSocket) {
  /** Rejects anything but an IPv4 loopback address and a valid port. */
  public Forward {
    Objects.requireNonNull(listenIp, "listenIp");
    Objects.requireNonNull(unixSocket, "unixSocket");
    if (!listenIp.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")) {
      throw new IllegalArgumentException("not an IPv4 loopback address: " + listenIp);
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port out of range: " + port);
    }
    SocketPaths.check(unixSocket);
  }
}
