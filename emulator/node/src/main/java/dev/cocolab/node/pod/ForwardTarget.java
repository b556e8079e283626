package dev.cocolab.node.pod;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** The pod to whose ports a client's connections lead. */
public interface ForwardTarget {
  /** The pod's sandbox, 64 hexadecimal digits, as messages name it. */
  String sandboxId();

  /**
   * Connects to a TCP port of the pod; blocks for some seconds at most.
   *
   * @return a connected blocking channel
   * @throws IOException with the container runtime's text if there is no connection
   */
  SocketChannel connect(int port) throws IOException;
}
