package dev.cocolab.lab.network;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Forwards TCP from a fixed loopback port to an address that is looked up for each connection: the
 * cluster's router with TLS passthrough. Bytes are not looked at; a slow side slows the other down.
 */
public final class TcpForwarder implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  private static final Duration BIND_LIMIT = Duration.ofSeconds(5);

  private final NetServer server;
  private final NetClient client;
  private final Supplier<InetSocketAddress> target;

  private TcpForwarder(Vertx vertx, Supplier<InetSocketAddress> target) {
    this.target = target;
    this.client =
        vertx.createNetClient(
            new NetClientOptions().setConnectTimeout((int) CONNECT_LIMIT.toMillis()));
    this.server = vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true));
    this.server.connectHandler(this::forward);
  }

  /** Listens on 127.0.0.1, any port. */
  public static TcpForwarder start(Vertx vertx, Supplier<InetSocketAddress> target) {
    TcpForwarder forwarder = new TcpForwarder(vertx, target);
    try {
      forwarder
          .server
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(BIND_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no port on 127.0.0.1 can be bound", e);
    }
    return forwarder;
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort());
  }

  private void forward(NetSocket incoming) {
    incoming.pause();
    InetSocketAddress to = target.get();
    client
        .connect(SocketAddress.inetSocketAddress(to))
        .onFailure(unreachable -> incoming.close())
        .onSuccess(
            outgoing -> {
              incoming.pipeTo(outgoing);
              outgoing.pipeTo(incoming);
              incoming.resume();
            });
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
