package dev.cocolab.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A port that leads to a Unix socket, for clients that have none. What the server said before it
 * closed arrives although the client was still sending.
 */
final class UnixRelay implements AutoCloseable {
  private static final int PIECE = 64 * 1024;

  private final ServerSocketChannel server;
  private final Path socket;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          work -> {
            Thread thread = new Thread(work, "unix-relay");
            thread.setDaemon(true);
            return thread;
          });

  private UnixRelay(ServerSocketChannel server, Path socket) {
    this.server = server;
    this.socket = socket;
  }

  static UnixRelay to(Path socket) throws IOException {
    ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    UnixRelay relay = new UnixRelay(server, socket);
    relay.threads.execute(relay::accept);
    return relay;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel near = server.accept();
        threads.execute(() -> relay(near));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void relay(SocketChannel near) {
    try (near;
        SocketChannel far = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      threads.execute(() -> copy(near, far));
      copy(far, near);
      // a close with unread bytes is a reset, after which the client need not see the answer
      ByteBuffer rest = ByteBuffer.allocate(PIECE);
      for (int read = 0; read >= 0; read = near.read(rest)) {
        rest.clear();
      }
    } catch (IOException gone) {
      // one of the two has ended; the other sees that
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    try {
      while (from.read(piece) >= 0) {
        piece.flip();
        while (piece.hasRemaining()) {
          to.write(piece);
        }
        piece.clear();
      }
      to.shutdownOutput();
    } catch (IOException gone) {
      // the other direction goes on until it ends
    }
  }

  InetSocketAddress address() {
    try {
      return (InetSocketAddress) server.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
