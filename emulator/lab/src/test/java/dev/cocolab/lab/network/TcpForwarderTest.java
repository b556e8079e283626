package dev.cocolab.lab.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TcpForwarderTest {
  private Vertx vertx;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void leadsToTheTargetOfTheMoment() throws IOException {
    try (ServerSocket one = server();
        ServerSocket other = server()) {
      AtomicReference<InetSocketAddress> target = new AtomicReference<>(address(one));
      try (TcpForwarder forwarder = TcpForwarder.start(vertx, target::get)) {
        assertThat(ask(forwarder, one, "first")).isEqualTo("first");
        target.set(address(other));
        assertThat(ask(forwarder, other, "second")).isEqualTo("second");
      }
    }
  }

  @Test
  void closesTheConnectionWhenNobodyListensThere() throws IOException {
    InetSocketAddress gone;
    try (ServerSocket server = server()) {
      gone = address(server);
    }
    try (TcpForwarder forwarder = TcpForwarder.start(vertx, () -> gone);
        Socket socket = connect(forwarder)) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static String ask(TcpForwarder forwarder, ServerSocket server, String text)
      throws IOException {
    CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> answer(server, text));
    try (Socket socket = connect(forwarder)) {
      String got = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      serving.join();
      return got;
    }
  }

  private static void answer(ServerSocket server, String text) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Socket connect(TcpForwarder forwarder) throws IOException {
    return new Socket(forwarder.address().getAddress(), forwarder.address().getPort());
  }

  private static InetSocketAddress address(ServerSocket server) {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private static ServerSocket server() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }
}
