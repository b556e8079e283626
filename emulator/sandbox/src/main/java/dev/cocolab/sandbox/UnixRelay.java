package dev.cocolab.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a Unix socket and relays each connection to a TCP address: the host's end of a {@link
 * Forward} that leads out of a pod. One thread serves all connections; a slow peer holds up only
 * its own connection.
 */
public final class UnixRelay implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UnixRelay.class);
  private static final int BACKLOG = 1024;

  private final Path socket;
  private final Supplier<InetSocketAddress> target;
  private final ServerSocketChannel listener;
  private final Selector selector;
  private final Thread thread;

  private UnixRelay(
      Path socket,
      Supplier<InetSocketAddress> target,
      ServerSocketChannel listener,
      Selector selector) {
    this.socket = socket;
    this.target = target;
    this.listener = listener;
    this.selector = selector;
    this.thread = new Thread(this::serve, "unix-relay-" + socket.getFileName());
    this.thread.setDaemon(true);
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
      listener.configureBlocking(false);
      Selector selector = Selector.open();
      listener.register(selector, SelectionKey.OP_ACCEPT);
      UnixRelay relay = new UnixRelay(socket, target, listener, selector);
      relay.thread.start();
      complete = true;
      return relay;
    } catch (IOException e) {
      throw new SandboxException(
          SandboxException.Reason.DIRECTORY,
          "Cannot listen on " + socket + ": " + e.getMessage(),
          e);
    } finally {
      if (!complete && listener != null) {
        closeQuietly(listener);
      }
    }
  }

  /** The path on which this relay listens. */
  public Path socket() {
    return socket;
  }

  private void serve() {
    try {
      while (selector.isOpen()) {
        selector.select();
        Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
        while (ready.hasNext()) {
          SelectionKey key = ready.next();
          ready.remove();
          handle(key);
        }
      }
    } catch (ClosedSelectorException e) {
      log.debug("relay {} closed", socket);
    } catch (IOException | UncheckedIOException e) {
      log.warn("relay {} ended: {}", socket, e.toString());
    }
  }

  private void handle(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.attachment() instanceof RelayedConnection.End end) {
      end.ready(key);
    } else {
      accept();
    }
  }

  private void accept() {
    SocketChannel client = null;
    try {
      client = listener.accept();
      if (client == null) {
        return;
      }
      RelayedConnection.open(selector, client, target.get());
    } catch (IOException | RuntimeException e) {
      log.debug("relay {}: {}", socket, e.toString());
      if (client != null) {
        closeQuietly(client);
      }
    }
  }

  /** Stops listening and cuts all connections. */
  @Override
  public void close() {
    closeQuietly(listener);
    for (SelectionKey key : selector.keys()) {
      closeQuietly(key.channel());
    }
    closeQuietly(selector);
    Trees.delete(socket);
  }

  static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.debug("closing: {}", e.toString());
    }
  }
}
