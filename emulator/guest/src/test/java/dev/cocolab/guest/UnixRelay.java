package dev.cocolab.guest;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A port that leads to a Unix socket, for clients that have none. */
final class UnixRelay implements AutoCloseable {
  private final NetServer server;
  private final NetClient client;

  private UnixRelay(NetServer server, NetClient client) {
    this.server = server;
    this.client = client;
  }

  static UnixRelay to(Path socket, Vertx vertx) throws Exception {
    NetClient client = vertx.createNetClient();
    SocketAddress target = SocketAddress.domainSocketAddress(socket.toString());
    NetServer server =
        vertx
            .createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(0))
            .connectHandler(
                near -> {
                  near.pause();
                  client.connect(target).onSuccess(far -> join(near, far));
                });
    server.listen().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    return new UnixRelay(server, client);
  }

  private static void join(NetSocket near, NetSocket far) {
    near.handler(far::write);
    far.handler(near::write);
    near.closeHandler(gone -> far.close());
    far.closeHandler(gone -> near.close());
    near.exceptionHandler(broken -> far.close());
    near.resume();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort());
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
