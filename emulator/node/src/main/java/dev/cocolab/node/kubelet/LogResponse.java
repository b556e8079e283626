package dev.cocolab.node.kubelet;

import dev.cocolab.node.log.ContainerLog;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Writes log lines into a chunked response; a client that does not read is cut off. */
final class LogResponse implements ContainerLog.Reader {
  private static final long MAX_WAITING = 32L * 1024 * 1024;

  private final HttpServerResponse response;
  private final AtomicLong waiting = new AtomicLong();
  private long allowed;
  private boolean done;

  LogResponse(HttpServerResponse response, OptionalLong limit) {
    this.response = response;
    this.allowed = limit.orElse(Long.MAX_VALUE);
    response.setChunked(true);
  }

  void onClose(Runnable action) {
    response.exceptionHandler(e -> action.run());
    response.closeHandler(end -> action.run());
    response.endHandler(end -> action.run());
  }

  /** Whether nobody waits for a further line. */
  synchronized boolean isOver() {
    return done || response.closed() || response.ended();
  }

  /** Cuts off an answer that has begun and cannot go on. */
  synchronized void abandon() {
    if (!isOver()) {
      done = true;
      response.reset();
    }
  }

  @Override
  public synchronized void line(String text) {
    if (done || response.closed()) {
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > allowed) {
      bytes = Arrays.copyOf(bytes, (int) allowed);
    }
    allowed -= bytes.length;
    int length = bytes.length;
    if (waiting.addAndGet(length) > MAX_WAITING) {
      done = true;
      response.reset();
      return;
    }
    response.write(Buffer.buffer(bytes)).onComplete(written -> waiting.addAndGet(-length));
    if (allowed == 0) {
      end();
    }
  }

  @Override
  public synchronized void end() {
    if (!done && !response.closed()) {
      done = true;
      response.end();
    }
  }
}
