package dev.cocolab.sandbox;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Asks a pod's relay for a connection: {@code HOST PORT} and a newline go to its socket, one byte
 * comes back, 0 or the number of the error (errno), and then the connection's own bytes.
 */
final class InboundConnection {
  private static final int REFUSED = 111;
  private static final int TIMED_OUT = 110;

  private InboundConnection() {}

  static SocketChannel open(Path relay, String host, int port, Duration limit) throws IOException {
    if (!host.equals("localhost") && !host.matches("127(\\.\\d{1,3}){3}")) {
      throw new IllegalArgumentException("not a loopback address: " + host);
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port out of range: " + port);
    }
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Executor later =
        CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
    CompletableFuture<Void> alarm =
        CompletableFuture.runAsync(() -> RelayLoop.closeQuietly(channel), later);
    boolean complete = false;
    try {
      ask(channel, relay, host + " " + port + "\n");
      requireSuccess(channel);
      complete = alarm.cancel(false);
      if (!complete) {
        throw new SocketTimeoutException("connection timed out");
      }
      return channel;
    } catch (AsynchronousCloseException e) {
      SocketTimeoutException timeout = new SocketTimeoutException("connection timed out");
      timeout.initCause(e);
      throw timeout;
    } finally {
      if (!complete) {
        alarm.cancel(false);
        channel.close();
      }
    }
  }

  private static void ask(SocketChannel channel, Path relay, String request) throws IOException {
    try {
      channel.connect(UnixDomainSocketAddress.of(relay));
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    } catch (ConnectException e) {
      throw new IOException("the pod has ended", e);
    }
  }

  private static void requireSuccess(SocketChannel channel) throws IOException {
    ByteBuffer answer = ByteBuffer.allocate(1);
    if (channel.read(answer) < 1) {
      throw new IOException("the pod has ended");
    }
    int error = answer.get(0) & 0xff;
    switch (error) {
      case 0 -> {
        // connected
      }
      case REFUSED -> throw new ConnectException("connection refused");
      case TIMED_OUT -> throw new SocketTimeoutException("connection timed out");
      default -> throw new ConnectException("errno " + error);
    }
  }
}
