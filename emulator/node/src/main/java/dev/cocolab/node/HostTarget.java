package dev.cocolab.node;

import java.net.InetSocketAddress;
import java.util.Map;

/**
 * Where a host name that pods use is really served.
 *
 * @param ports TCP port that pods connect to, and the address on this machine that serves it
 */
public record HostTarget(Map<Integer, InetSocketAddress> ports) {
  /** Copies the map. */
  public HostTarget {
    ports = Map.copyOf(ports);
  }

  /** A host with one port. */
  public static HostTarget of(int port, InetSocketAddress address) {
    return new HostTarget(Map.of(port, address));
  }
}
