package dev.cocolab.apiserver.watch;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;

/**
 * Events as text messages of a WebSocket. Vert.x refuses to be asked about a socket that is closed;
 * a peer that has gone between two steps is no error here.
 */
public final class WebSocketSink implements EventSink {
  private static final short TRY_AGAIN_LATER = 1013;

  private final ServerWebSocket socket;
  private final InFlight inFlight = new InFlight();

  public WebSocketSink(ServerWebSocket socket) {
    this.socket = socket;
  }

  @Override
  public boolean isFull() {
    try {
      return socket.writeQueueFull() || inFlight.isFull();
    } catch (IllegalStateException closed) {
      return false;
    }
  }

  @Override
  public void write(Buffer event) {
    if (socket.isClosed()) {
      return;
    }
    Future<Void> sent;
    try {
      sent = socket.writeTextMessage(event.toString(StandardCharsets.UTF_8));
    } catch (IllegalStateException closed) {
      return;
    }
    inFlight.add(event.length(), sent);
  }

  @Override
  public void onDrain(Runnable action) {
    inFlight.onDrain(action);
    try {
      socket.drainHandler(done -> action.run());
    } catch (IllegalStateException closed) {
      // nothing is sent any more, so nothing drains
    }
  }

  @Override
  public void onClose(Runnable action) {
    try {
      socket.closeHandler(done -> action.run());
      socket.exceptionHandler(failure -> action.run());
    } catch (IllegalStateException closed) {
      action.run();
    }
  }

  @Override
  public void end() {
    if (!socket.isClosed()) {
      socket.close();
    }
  }

  @Override
  public void abort() {
    if (!socket.isClosed()) {
      socket.close(TRY_AGAIN_LATER, "the watch is too slow");
    }
  }
}
