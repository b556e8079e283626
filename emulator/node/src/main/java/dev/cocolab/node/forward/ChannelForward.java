package dev.cocolab.node.forward;

import dev.cocolab.node.pod.ForwardTarget;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Port-forward by {@code v4.channel.k8s.io}: for the n-th port, counted from 0, channel 2n carries
 * data and channel 2n+1 an error. The first message on each channel is the port, two bytes, little
 * endian. There is one connection a port, dialled at once; with the last of them the session ends.
 */
final class ChannelForward {
  static final String PROTOCOL = "v4.channel.k8s.io";

  private final ForwardSocket socket;
  private final List<ForwardedConnection> connections = new ArrayList<>();
  private int open;

  private ChannelForward(Vertx vertx, ServerWebSocket socket, ForwardLimits limits) {
    this.socket = new ForwardSocket(vertx, ClientStream.of(socket), limits, this::stalled);
  }

  /** Serves a client; on the event loop. */
  static void serve(
      Vertx vertx,
      ServerWebSocket socket,
      List<Integer> ports,
      ForwardTarget target,
      Executor threads,
      ForwardLimits limits) {
    ChannelForward session = new ChannelForward(vertx, socket, limits);
    socket.binaryMessageHandler(session::received);
    socket.closeHandler(gone -> session.connections.forEach(ForwardedConnection::cancel));
    session.open = ports.size();
    for (int port : ports) {
      session.add(port, target, threads, limits);
    }
    session.connections.forEach(ForwardedConnection::start);
  }

  private void add(int port, ForwardTarget target, Executor threads, ForwardLimits limits) {
    int channel = 2 * connections.size();
    byte[] number = {(byte) port, (byte) (port >> 8)};
    socket.send(message(channel, number));
    socket.send(message(channel + 1, number));
    connections.add(
        new ForwardedConnection(
            target, port, new Channels(channel), threads, socket.timers(), limits.linger()));
  }

  private void received(Buffer message) {
    if (message.length() == 0) {
      return;
    }
    int channel = message.getUnsignedByte(0);
    if (channel % 2 == 0 && channel / 2 < connections.size()) {
      byte[] data = message.getBytes(1, message.length());
      socket.received(data.length);
      connections.get(channel / 2).write(data);
    }
  }

  private void stalled() {
    connections.stream()
        .max(Comparator.comparingInt(ForwardedConnection::waiting))
        .ifPresent(ForwardedConnection::cancel);
  }

  private static Buffer message(int channel, byte[] data) {
    return Buffer.buffer(data.length + 1).appendByte((byte) channel).appendBytes(data);
  }

  private final class Channels implements ForwardedConnection.Client {
    private final int channel;

    Channels(int channel) {
      this.channel = channel;
    }

    @Override
    public void data(byte[] bytes) throws IOException {
      socket.sendAndWait(() -> socket.send(message(channel, bytes)));
    }

    @Override
    public void taken(int bytes) {
      socket.later(() -> socket.passed(bytes));
    }

    @Override
    public void ended(Optional<String> failure) {
      socket.later(
          () -> {
            failure.ifPresent(
                text -> socket.send(message(channel + 1, text.getBytes(StandardCharsets.UTF_8))));
            if (--open == 0) {
              socket.close();
            }
          });
    }
  }
}
