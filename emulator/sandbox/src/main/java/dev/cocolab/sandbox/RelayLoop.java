package dev.cocolab.sandbox;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listener, one thread, any number of relayed connections. */
final class RelayLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RelayLoop.class);

  private final String name;
  private final ServerSocketChannel listener;
  private final Supplier<? extends SocketAddress> target;
  private final byte[] preface;
  private final Selector selector;

  private RelayLoop(
      String name,
      ServerSocketChannel listener,
      Supplier<? extends SocketAddress> target,
      byte[] preface,
      Selector selector) {
    this.name = name;
    this.listener = listener;
    this.target = target;
    this.preface = preface;
    this.selector = selector;
  }

  /** Takes over a bound listener. */
  static RelayLoop start(
      String name,
      ServerSocketChannel listener,
      Supplier<? extends SocketAddress> target,
      byte[] preface)
      throws IOException {
    listener.configureBlocking(false);
    Selector selector = Selector.open();
    listener.register(selector, SelectionKey.OP_ACCEPT);
    RelayLoop loop = new RelayLoop(name, listener, target, preface, selector);
    Thread thread = new Thread(loop::serve, "relay-" + name);
    thread.setDaemon(true);
    thread.start();
    return loop;
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
      log.debug("relay {} closed", name);
    } catch (IOException e) {
      log.warn("relay {} ended: {}", name, e.toString());
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
      RelayedConnection.open(selector, client, target.get(), preface);
    } catch (IOException | RuntimeException e) {
      log.debug("relay {}: {}", name, e.toString());
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
  }

  static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.debug("closing: {}", e.toString());
    }
  }
}
