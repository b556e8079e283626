package dev.cocolab.apiserver.kubelet;

import dev.cocolab.apiserver.PemIdentity;
import dev.cocolab.apiserver.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A kubelet whose commands are plays: each shows one behaviour of a stream. */
final class FakeKubelet implements AutoCloseable {
  static final String IP = "127.77.3.1";
  static final int CHUNK = 32 * 1024;
  static final int CHUNKS = 2560;

  final TestAuthority authority = new TestAuthority("kubelet authority");
  final List<String> seen = new CopyOnWriteArrayList<>();
  final List<String> protocols = new CopyOnWriteArrayList<>();
  final List<ServerWebSocket> sockets = new CopyOnWriteArrayList<>();
  final List<Integer> closed = new CopyOnWriteArrayList<>();
  final AtomicLong written = new AtomicLong();
  final int port;
  private final Vertx vertx = Vertx.vertx();

  FakeKubelet() throws Exception {
    PemIdentity identity = authority.server(IP);
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setWebSocketSubProtocols(
                List.of("v5.channel.k8s.io", "v4.channel.k8s.io", "SPDY/3.1+portforward.k8s.io"))
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(identity.certificatePem()))
                    .addKeyValue(Buffer.buffer(identity.keyPem())))
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(authority.pem())));
    port =
        vertx
            .createHttpServer(options)
            .requestHandler(this::serve)
            .listen(0, IP)
            .map(HttpServer::actualPort)
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  private void serve(HttpServerRequest request) {
    seen.add(request.uri());
    if (request.path().endsWith("/gone")) {
      request.response().setStatusCode(404).end("container not found (\"gone\")");
      return;
    }
    request.toWebSocket().onSuccess(socket -> play(request, socket));
  }

  private void play(HttpServerRequest request, ServerWebSocket socket) {
    protocols.add(socket.subProtocol());
    sockets.add(socket);
    socket.closeHandler(
        gone -> closed.add(socket.closeStatusCode() == null ? -1 : (int) socket.closeStatusCode()));
    List<String> command = request.params().getAll("command");
    switch (command.isEmpty() ? "wait" : command.get(0)) {
      case "out" -> {
        send(socket, 1, "out\n");
        send(socket, 2, "err\n");
        exit(socket, 7);
      }
      case "late" -> {
        send(socket, 1, "out\n");
        vertx.setTimer(50, one -> exit(socket, 7));
      }
      case "cat" ->
          socket.binaryMessageHandler(
              message -> {
                if (message.getByte(0) == 0) {
                  socket.writeBinaryMessage(
                      Buffer.buffer()
                          .appendByte((byte) 1)
                          .appendBuffer(message, 1, message.length() - 1));
                } else if (message.getByte(0) == -1) {
                  exit(socket, 0);
                }
              });
      case "flood" -> flood(socket, 0);
      case "refuse" -> {
        send(
            socket,
            3,
            "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"Internal error occurred: error executing"
                + " command in container: the policy says no\",\"reason\":\"InternalError\",\"code\":500}");
        socket.close();
      }
      case "odd" -> socket.close((short) 4001, "as agreed");
      default -> send(socket, 1, "waiting\n");
    }
  }

  private void flood(ServerWebSocket socket, int done) {
    int next = done;
    while (next < CHUNKS) {
      if (socket.isClosed()) {
        return;
      }
      if (socket.writeQueueFull()) {
        int from = next;
        socket.drainHandler(drained -> flood(socket, from));
        return;
      }
      byte[] data = new byte[CHUNK];
      data[0] = 1;
      socket.writeBinaryMessage(Buffer.buffer(data));
      written.addAndGet(CHUNK);
      next++;
    }
    exit(socket, 7);
  }

  private static void send(ServerWebSocket socket, int channel, String text) {
    socket.writeBinaryMessage(Buffer.buffer().appendByte((byte) channel).appendString(text));
  }

  private static void exit(ServerWebSocket socket, int code) {
    send(
        socket,
        3,
        code == 0
            ? "{\"metadata\":{},\"status\":\"Success\"}"
            : "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"command terminated with non-zero exit"
                + " code\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\","
                + "\"message\":\""
                + code
                + "\"}]}}");
    socket.close((short) 1000, "");
  }

  @Override
  public void close() {
    vertx.close();
  }
}
