package dev.cocolab.apiserver.watch;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** Events as lines of a chunked response. */
public final class HttpSink implements EventSink {
  private static final int CANCEL = 8;

  private final HttpServerResponse response;
  private final InFlight inFlight = new InFlight();

  public HttpSink(HttpServerResponse response) {
    this.response = response;
  }

  @Override
  public boolean isFull() {
    return response.writeQueueFull() || inFlight.isFull();
  }

  @Override
  public void write(Buffer event) {
    if (!response.closed() && !response.ended()) {
      Buffer line = event.appendByte((byte) '\n');
      inFlight.add(line.length(), response.write(line));
    }
  }

  @Override
  public void onDrain(Runnable action) {
    inFlight.onDrain(action);
    response.drainHandler(done -> action.run());
  }

  @Override
  public void onClose(Runnable action) {
    response.closeHandler(done -> action.run());
    response.exceptionHandler(failure -> action.run());
  }

  @Override
  public void end() {
    if (!response.closed() && !response.ended()) {
      response.end();
    }
  }

  @Override
  public void abort() {
    response.reset(CANCEL);
  }
}
