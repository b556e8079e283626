package dev.cocolab.node.forward;

import dev.cocolab.node.pod.ForwardTarget;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Port-forward without TLS and without a pod: what is dialled is a listener of the test. */
final class ForwardFixture implements AutoCloseable {
  static final String SANDBOX = "0123456789abcdef".repeat(4);

  /** One client; what it gets is one row of bytes. */
  static final class Client {
    final WebSocket socket;
    final CompletableFuture<Short> closed = new CompletableFuture<>();
    final List<Buffer> messages = new CopyOnWriteArrayList<>();

    Client(WebSocket socket) {
      this.socket = socket;
      socket.binaryMessageHandler(messages::add);
      socket.closeHandler(gone -> closed.complete(socket.closeStatusCode()));
      socket.resume();
    }

    void send(String hex) {
      socket.writeBinaryMessage(Buffer.buffer(HexFormat.of().parseHex(hex)));
    }

    String received() {
      return messages.stream()
          .map(message -> HexFormat.of().formatHex(message.getBytes()))
          .collect(Collectors.joining());
    }
  }

  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final WebSocketClient clients = vertx.createWebSocketClient();
  private final ServerSocket listener;
  volatile Optional<String> refusal = Optional.empty();

  ForwardFixture(ForwardLimits limits) throws Exception {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    PortForwarding forwarding = new PortForwarding(vertx, targets(), threads, limits);
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions().setWebSocketSubProtocols(PortForwarding.PROTOCOLS))
            .requestHandler(request -> forwarding.handle(request, "default", name(request.path())));
    server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** Limits that tests need not wait for. */
  static ForwardLimits limits() {
    return new ForwardLimits(
        2,
        256 * 1024,
        Duration.ofMinutes(1),
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        Duration.ofMillis(200));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private PortForwarding.Targets targets() {
    return new PortForwarding.Targets() {
      @Override
      public boolean known(String namespace, String name) {
        return !name.equals("unknown");
      }

      @Override
      public Optional<ForwardTarget> find(String namespace, String name) {
        return name.equals("pod") ? Optional.of(target()) : Optional.empty();
      }
    };
  }

  private ForwardTarget target() {
    return new ForwardTarget() {
      @Override
      public String sandboxId() {
        return SANDBOX;
      }

      @Override
      public SocketChannel connect(int port) throws IOException {
        if (refusal.isPresent()) {
          throw new IOException(refusal.get());
        }
        return SocketChannel.open(listener.getLocalSocketAddress());
      }
    };
  }

  int port() {
    return server.actualPort();
  }

  Client connect(String path, String... protocols) throws Exception {
    WebSocketConnectOptions options = new WebSocketConnectOptions();
    options.setSubProtocols(List.of(protocols));
    options.setHost("127.0.0.1").setPort(port()).setURI(path);
    return clients
        .connect(options)
        .map(
            socket -> {
              socket.pause();
              return new Client(socket);
            })
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** The pod's end of the next connection. */
  Socket accept() throws IOException {
    listener.setSoTimeout(10_000);
    Socket socket = listener.accept();
    socket.setSoTimeout(10_000);
    return socket;
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    threads.shutdownNow();
    listener.close();
  }
}
