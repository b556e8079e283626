package dev.cocolab.apiserver.watch;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;

/** Events as text messages of a WebSocket. */
public final class WebSocketSink implements EventSink {
  private static final short TRY_AGAIN_LATER = 1013;

  private final ServerWebSocket socket;
  private final InFlight inFlight = new InFlight();

  public WebSocketSink(ServerWebSocket socket) {
    this.socket = socket;
  }

  @Override
  public boolean isFull() {
    return socket.writeQueueFull() || inFlight.isFull();
  }

  @Override
  public void write(Buffer event) {
    if (!socket.isClosed()) {
      inFlight.add(event.length(), socket.writeTextMessage(event.toString(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void onDrain(Runnable action) {
    inFlight.onDrain(action);
    socket.drainHandler(done -> action.run());
  }

  @Override
  public void onClose(Runnable action) {
    socket.closeHandler(done -> action.run());
    socket.exceptionHandler(failure -> action.run());
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
