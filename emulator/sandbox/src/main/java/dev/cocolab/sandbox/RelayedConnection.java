package dev.cocolab.sandbox;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two channels joined to each other, with one bounded buffer a direction. */
final class RelayedConnection {
  private static final Logger log = LoggerFactory.getLogger(RelayedConnection.class);
  private static final int BUFFER = 65536;

  private RelayedConnection() {}

  /**
   * Joins a client to a new connection.
   *
   * @param preface sent to the target before anything of the client
   */
  static void open(Selector selector, SocketChannel client, SocketAddress target, byte[] preface)
      throws IOException {
    SocketChannel upstream =
        target instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    boolean complete = false;
    try {
      client.configureBlocking(false);
      upstream.configureBlocking(false);
      End near = new End(client, true);
      End far = new End(upstream, false);
      near.peer = far;
      far.peer = near;
      far.out.put(preface);
      near.key = client.register(selector, 0, near);
      far.key = upstream.register(selector, SelectionKey.OP_CONNECT, far);
      if (upstream.connect(target)) {
        far.connected = true;
        near.interest();
        far.interest();
      }
      complete = true;
    } finally {
      if (!complete) {
        RelayLoop.closeQuietly(upstream);
      }
    }
  }

  /** One channel; {@code out} holds what its peer has sent and it has not yet taken. */
  static final class End {
    private final SocketChannel channel;
    private final ByteBuffer out = ByteBuffer.allocate(BUFFER);
    private boolean connected;
    private boolean ended;
    private boolean shut;
    private End peer;
    private SelectionKey key;

    private End(SocketChannel channel, boolean connected) {
      this.channel = channel;
      this.connected = connected;
    }

    void ready(SelectionKey ready) {
      try {
        if (ready.isConnectable() && channel.finishConnect()) {
          connected = true;
        }
        if (ready.isValid() && ready.isReadable()) {
          read();
        }
        if (ready.isValid() && ready.isWritable()) {
          write();
        }
        interest();
        peer.interest();
      } catch (IOException | RuntimeException e) {
        log.debug("relayed connection cut: {}", e.toString());
        cut();
      }
    }

    private void read() throws IOException {
      int count = channel.read(peer.out);
      if (count < 0) {
        ended = true;
      }
      if (peer.connected) {
        peer.write();
      }
    }

    private void write() throws IOException {
      out.flip();
      channel.write(out);
      out.compact();
      if (out.position() == 0 && peer.ended && !shut) {
        shut = true;
        channel.shutdownOutput();
        if (ended) {
          cut();
        }
      }
    }

    private void interest() {
      if (!key.isValid()) {
        return;
      }
      if (!connected) {
        key.interestOps(SelectionKey.OP_CONNECT);
        return;
      }
      int wanted = 0;
      if (!ended && peer.connected && peer.out.hasRemaining()) {
        wanted |= SelectionKey.OP_READ;
      }
      if (out.position() > 0 || (peer.ended && !shut)) {
        wanted |= SelectionKey.OP_WRITE;
      }
      key.interestOps(wanted);
    }

    private void cut() {
      RelayLoop.closeQuietly(channel);
      RelayLoop.closeQuietly(peer.channel);
    }
  }
}
