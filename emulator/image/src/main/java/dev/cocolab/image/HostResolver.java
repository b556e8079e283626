package dev.cocolab.image;

import java.net.InetSocketAddress;

/**
 * Decides where a host name is really served on this machine; the Host header and TLS server name
 * keep the name.
 */
@FunctionalInterface
public interface HostResolver {

  /**
   * The address to connect to instead of {@code host:port}; may be unresolved, then it is looked up
   * by the system.
   */
  InetSocketAddress resolve(String host, int port);

  /** No redirection: every name is looked up by the system. */
  static HostResolver system() {
    return InetSocketAddress::createUnresolved;
  }
}
