package dev.cocolab.node.kubelet;

import dev.cocolab.node.log.ContainerLog;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;

/**
 * What a container prints from now on, for a client that attached itself: both outputs on channel
 * 1, line by line as they reach the log. A client that does not keep up is cut off; the container
 * never waits for it.
 */
final class AttachedOutput implements ContainerLog.Reader {
  private static final int STDOUT = 1;
  private static final int STATUS = 3;
  private static final short NORMAL = 1000;

  private final ServerWebSocket socket;

  AttachedOutput(ServerWebSocket socket) {
    this.socket = socket;
  }

  @Override
  public void line(String text) {
    if (socket.isClosed()) {
      return;
    }
    if (socket.writeQueueFull()) {
      finish(CommandStatus.failed("the client does not read what it attached itself to"));
      return;
    }
    send(STDOUT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The container has ended. */
  @Override
  public void end() {
    finish(CommandStatus.exited(0));
  }

  private void finish(byte[] status) {
    if (!socket.isClosed()) {
      send(STATUS, status);
      socket.close(NORMAL);
    }
  }

  private void send(int channel, byte[] data) {
    socket.writeBinaryMessage(
        Buffer.buffer(data.length + 1).appendByte((byte) channel).appendBytes(data));
  }
}
