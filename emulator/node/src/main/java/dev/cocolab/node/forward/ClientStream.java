package dev.cocolab.node.forward;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetSocket;

/**
 * What a client's bytes come over: the messages of a WebSocket, or a connection that was upgraded
 * to SPDY itself, as an API server does that speaks for its clients. For one event loop.
 */
public interface ClientStream {
  /**
   * Takes what comes.
   *
   * @param gone told once, when nothing comes any more
   */
  void receive(Handler<Buffer> bytes, Runnable gone);

  void pause();

  void resume();

  boolean isClosed();

  boolean writeQueueFull();

  /** Asks for a sign of life, where that is possible. */
  void ping();

  Future<Void> send(Buffer bytes);

  /** Closes after what was sent. */
  void close();

  /** Closes because the client broke the protocol. */
  void reject(String reason);

  /** Messages of a WebSocket. */
  static ClientStream of(ServerWebSocket socket) {
    return new ClientStream() {
      private static final short NORMAL = 1000;

      /** RFC 6455, 7.4.1. */
      private static final short PROTOCOL_ERROR = 1002;

      @Override
      public void receive(Handler<Buffer> bytes, Runnable gone) {
        socket.handler(bytes);
        socket.closeHandler(closed -> gone.run());
      }

      @Override
      public void pause() {
        socket.pause();
      }

      @Override
      public void resume() {
        socket.resume();
      }

      @Override
      public boolean isClosed() {
        return socket.isClosed();
      }

      @Override
      public boolean writeQueueFull() {
        return socket.writeQueueFull();
      }

      @Override
      public void ping() {
        socket.writePing(Buffer.buffer());
      }

      @Override
      public Future<Void> send(Buffer bytes) {
        return socket.writeBinaryMessage(bytes);
      }

      @Override
      public void close() {
        socket.close(NORMAL);
      }

      @Override
      public void reject(String reason) {
        socket.close(PROTOCOL_ERROR, reason);
      }
    };
  }

  /** Bytes of a connection. */
  static ClientStream of(NetSocket socket) {
    return new ClientStream() {
      private boolean closed;

      @Override
      public void receive(Handler<Buffer> bytes, Runnable gone) {
        socket.handler(bytes);
        socket.exceptionHandler(broken -> {});
        socket.closeHandler(
            nothing -> {
              closed = true;
              gone.run();
            });
      }

      @Override
      public void pause() {
        socket.pause();
      }

      @Override
      public void resume() {
        socket.resume();
      }

      @Override
      public boolean isClosed() {
        return closed;
      }

      @Override
      public boolean writeQueueFull() {
        return socket.writeQueueFull();
      }

      @Override
      public void ping() {
        // SPDY's own pings would do; who is gone is seen by what is written
      }

      @Override
      public Future<Void> send(Buffer bytes) {
        return socket.write(bytes);
      }

      @Override
      public void close() {
        socket.end();
      }

      @Override
      public void reject(String reason) {
        socket.end();
      }
    };
  }
}
