package dev.cocolab.node.container;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/**
 * Connections of port-forward into one pod, with CRI-O's texts.
 *
 * <p>Containers are reached at the loopback of the pod, as a container runtime does that enters the
 * pod's network namespace. Inside a confidential VM that loopback belongs to the guest, whose API
 * hands out secrets at 127.0.0.1:8006: from outside only the pod's own address is reachable. A
 * resident program listens at the pod's address on this machine, where other programs may listen
 * too; hence only the ports that its container names are dialled.
 */
final class PodPorts {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final PodPlace place;
  private final Set<Integer> residentPorts;
  private volatile boolean closed;

  PodPorts(PodPlace place, Set<Integer> residentPorts) {
    this.place = place;
    this.residentPorts = residentPorts;
  }

  SocketChannel connect(int port) throws IOException {
    if (closed) {
      // The pod's address may be another pod's by now.
      throw new IOException("sandbox " + place.sandboxId() + " is not running");
    }
    String host = place.machine().isPresent() ? place.podIp() : "localhost";
    try {
      if (residentPorts.contains(port)) {
        return dial(port);
      }
      if (place.sandbox().isEmpty()) {
        throw new ConnectException("connection refused");
      }
      return place.sandbox().get().connect(host, port, LIMIT);
    } catch (ConnectException e) {
      throw failure(host, port, "connect: " + e.getMessage(), e);
    } catch (SocketTimeoutException e) {
      throw failure(host, port, "connect: connection timed out", e);
    }
  }

  private SocketChannel dial(int port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean complete = false;
    try {
      channel.socket().connect(new InetSocketAddress(place.podIp(), port), (int) LIMIT.toMillis());
      complete = true;
      return channel;
    } catch (ConnectException e) {
      ConnectException refused = new ConnectException("connection refused");
      refused.initCause(e);
      throw refused;
    } finally {
      if (!complete) {
        channel.close();
      }
    }
  }

  private IOException failure(String host, int port, String reason, IOException cause) {
    String id = place.sandboxId();
    UUID namespace = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.US_ASCII));
    String address = host.equals("localhost") ? "127.0.0.1" : host;
    return new IOException(
        "port forward into network namespace \"/var/run/netns/%s\": failed to connect to %s:%d inside namespace %s: dial tcp %s:%d: %s"
            .formatted(namespace, host, port, id, address, port, reason),
        cause);
  }

  /** From now on nothing is dialled. */
  void close() {
    closed = true;
  }
}
