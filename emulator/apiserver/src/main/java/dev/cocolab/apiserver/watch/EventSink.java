package dev.cocolab.apiserver.watch;

import io.vertx.core.buffer.Buffer;

/** Where a watch goes: a chunked response or a WebSocket. Used on one event loop only. */
public interface EventSink {

  /** Whether the client has not yet taken what was written. */
  boolean isFull();

  /** One event as JSON. */
  void write(Buffer event);

  /** Called when the sink is no longer full. */
  void onDrain(Runnable action);

  /** Called once when the client has gone. */
  void onClose(Runnable action);

  /** Ends the stream as planned. */
  void end();

  /** Cuts the client off. */
  void abort();
}
