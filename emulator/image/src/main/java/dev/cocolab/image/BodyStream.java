package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an HTTP answer as a blocking stream. The event loop delivers one buffer for each
 * demand, so a slow reader holds the sender back and at most one buffer waits. Each wait for a
 * buffer ends after the idle time-out.
 */
final class BodyStream extends InputStream {

  private static final Object END = new Object();

  private final HttpClientResponse response;
  private final Context context;
  private final Duration idle;
  private final Stage stage;
  private final String url;
  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private Buffer current = Buffer.buffer();
  private int position;
  private boolean ended;

  /** To be called on the response's event loop, before it delivers anything. */
  BodyStream(Vertx vertx, HttpClientResponse response, Duration idle, Stage stage, String url) {
    this.response = response;
    this.context = vertx.getOrCreateContext();
    this.idle = idle;
    this.stage = stage;
    this.url = url;
    response.pause();
    response.handler(events::add);
    response.exceptionHandler(events::add);
    response.endHandler(done -> events.add(END));
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    while (!ended && position == current.length()) {
      advance();
    }
    if (ended) {
      return -1;
    }
    int count = Math.min(length, current.length() - position);
    current.getBytes(position, position + count, target, offset);
    position += count;
    return count;
  }

  private void advance() {
    context.runOnContext(go -> response.fetch(1));
    Object event;
    try {
      event = events.poll(idle.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException(stage, Reason.TIMEOUT, "interrupted while reading " + url, e);
    }
    if (event == null) {
      close();
      throw new ImageException(
          stage, Reason.TIMEOUT, "no data from " + url + " for " + idle.toSeconds() + " s");
    }
    if (event == END) {
      ended = true;
    } else if (event instanceof Throwable failure) {
      throw new ImageException(
          stage,
          Reason.TRUNCATED,
          "connection ended while reading " + url + ": " + failure.getMessage(),
          failure);
    } else {
      current = (Buffer) event;
      position = 0;
    }
  }

  /** An unread rest is not waited for: the connection is dropped. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      context.runOnContext(go -> response.request().reset());
    }
  }
}
