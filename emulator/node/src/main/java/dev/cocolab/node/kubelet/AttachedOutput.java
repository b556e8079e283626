package dev.cocolab.node.kubelet;

import dev.cocolab.node.log.ContainerLog;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a container prints from now on, for a client that attached itself: both outputs on channel
 * 1, line by line as they reach the log. A client that does not keep up is cut off; the container
 * never waits for it.
 */
final class AttachedOutput implements ContainerLog.Reader {
  private static final int STDOUT = 1;
  private static final int STATUS = 3;
  private static final short NORMAL = 1000;
  private static final int MAX_WAITING = 4 * 1024 * 1024;

  private final ServerWebSocket socket;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean finished = new AtomicBoolean();

  AttachedOutput(ServerWebSocket socket) {
    this.socket = socket;
  }

  @Override
  public void line(String text) {
    if (finished.get() || socket.isClosed()) {
      return;
    }
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    if (waiting.addAndGet(data.length) > MAX_WAITING) {
      finish(CommandStatus.failed("the client does not read what it attached itself to"));
      return;
    }
    send(STDOUT, data).onComplete(sent -> waiting.addAndGet(-data.length));
  }

  /** The container has ended. */
  @Override
  public void end() {
    finish(CommandStatus.exited(0));
  }

  private void finish(byte[] status) {
    if (finished.compareAndSet(false, true) && !socket.isClosed()) {
      send(STATUS, status).onComplete(sent -> socket.close(NORMAL));
    }
  }

  private Future<Void> send(int channel, byte[] data) {
    return CommandChannels.write(
        socket, Buffer.buffer(data.length + 1).appendByte((byte) channel).appendBytes(data));
  }
}
