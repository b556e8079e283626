package dev.cocolab.image;

import java.net.InetSocketAddress;

/**
 * Decides where a host name is really served on this machine; the Host header and TLS server name
 * keep the name.
 */
@FunctionalInterface
public interface HostResolver {

  /**
   * The address to connect to instead of {@code host:port}. One that is unresolved means that there
   * is no such host: the system's name service is never asked.
   */
  InetSocketAddress resolve(String host, int port);
}
