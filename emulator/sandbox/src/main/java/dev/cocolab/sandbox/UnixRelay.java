package dev.cocolab.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Listens on a Unix socket and relays each connection to a TCP address: the host's end of a {@link
 * Forward} that leads out of a pod. One thread serves all connections; a slow peer holds up only
 * its own connection.
 */
public final class UnixRelay implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final Path socket;
  private final RelayLoop loop;

  private UnixRelay(Path socket, RelayLoop loop) {
    this.socket = socket;
    this.loop = loop;
  }

  /**
   * Starts to listen.
   *
   * @param socket absolute path, at most 107 bytes, which must not exist
   * @param target asked for each connection; a connection whose target cannot be reached is closed
   * @throws SandboxException SOCKET_PATH_TOO_LONG, or DIRECTORY if the socket cannot be made
   */
  public static UnixRelay listen(Path socket, Supplier<InetSocketAddress> target) {
    Objects.requireNonNull(target, "target");
    SocketPaths.check(socket);
    ServerSocketChannel listener = null;
    boolean complete = false;
    try {
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
      RelayLoop loop =
          RelayLoop.start(socket.getFileName().toString(), listener, target, new byte[0]);
      complete = true;
      return new UnixRelay(socket, loop);
    } catch (IOException e) {
      throw new SandboxException(
          SandboxException.Reason.DIRECTORY,
          "Cannot listen on " + socket + ": " + e.getMessage(),
          e);
    } finally {
      if (!complete && listener != null) {
        RelayLoop.closeQuietly(listener);
      }
    }
  }

  /** The path on which this relay listens. */
  public Path socket() {
    return socket;
  }

  /** Stops listening and cuts all connections. */
  @Override
  public void close() {
    loop.close();
    Trees.delete(socket);
  }
}
