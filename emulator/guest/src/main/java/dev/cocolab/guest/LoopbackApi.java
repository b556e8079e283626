package dev.cocolab.guest;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link ApiRoutes} by HTTP/1.1 on a Unix socket. Requests of one VM are answered one after
 * the other, as the components behind the API do; at most 64 connections are open, bodies are
 * bounded to 64 KiB.
 */
final class LoopbackApi implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoopbackApi.class);
  private static final int CONNECTIONS = 64;
  private static final int BODY_LIMIT = 64 * 1024;
  private static final int SECONDS = 10;

  private final Vertx vertx;
  private final ApiRoutes routes;
  private final AtomicInteger connections = new AtomicInteger();
  private final Path socket;
  private final HttpServer server;
  private Future<ApiAnswer> last = Future.succeededFuture();

  private LoopbackApi(Vertx vertx, ApiRoutes routes, Path socket) {
    this.vertx = vertx;
    this.routes = routes;
    this.socket = socket;
    HttpServerOptions options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setIdleTimeout(120)
            .setMaxInitialLineLength(8192)
            .setMaxHeaderSize(16 * 1024);
    this.server =
        vertx
            .createHttpServer(options)
            .requestHandler(this::handle)
            .invalidRequestHandler(LoopbackApi::invalid);
    server.connectionHandler(
        connection -> {
          connection.closeHandler(closed -> connections.decrementAndGet());
          if (connections.incrementAndGet() > CONNECTIONS) {
            connection.close();
          }
        });
  }

  /** Binds the socket, which is then accessible to this user only. Blocks until it is open. */
  static LoopbackApi start(Vertx vertx, ApiRoutes routes, Path socket) {
    LoopbackApi api = new LoopbackApi(vertx, routes, socket);
    try {
      Files.deleteIfExists(socket);
      SocketAddress address = SocketAddress.domainSocketAddress(socket.toString());
      await(
          api.server.listen(address).toCompletionStage().toCompletableFuture(),
          "listen on " + socket);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      return api;
    } catch (IOException e) {
      throw new IllegalStateException("the guest's API cannot use " + socket, e);
    }
  }

  private void handle(HttpServerRequest request) {
    String query = request.query() == null ? "" : request.query();
    String path = request.path() == null ? "" : request.path();
    body(request)
        .onFailure(e -> refuse(request.response(), e instanceof TooLarge ? 413 : 400))
        .onSuccess(
            body ->
                inTurn(request.method().name(), path, query, body)
                    .onSuccess(answer -> send(request.response(), answer))
                    .onFailure(
                        e -> {
                          LOG.warn("guest API: {} {} failed", request.method(), path, e);
                          refuse(request.response(), 500);
                        }));
  }

  /** The rest of the body is not read, so the connection is of no further use. */
  private static void refuse(HttpServerResponse response, int status) {
    if (!response.closed()) {
      response.putHeader("Connection", "close");
      send(response, ApiAnswer.text(status, ""));
    }
  }

  /** A body beyond the limit. */
  private static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge() {
      super("request body of more than " + BODY_LIMIT + " bytes");
    }
  }

  private static Future<Buffer> body(HttpServerRequest request) {
    Promise<Buffer> body = Promise.promise();
    Buffer collected = Buffer.buffer();
    request.handler(
        part -> {
          if (collected.length() + part.length() > BODY_LIMIT) {
            body.tryFail(new TooLarge());
          } else {
            collected.appendBuffer(part);
          }
        });
    request.exceptionHandler(body::tryFail);
    request.endHandler(end -> body.tryComplete(collected));
    return body.future();
  }

  private synchronized Future<ApiAnswer> inTurn(
      String method, String path, String query, Buffer body) {
    last =
        last.otherwiseEmpty()
            .compose(
                before ->
                    vertx.executeBlocking(
                        () -> routes.answer(method, path, query, body.getBytes()), false));
    return last;
  }

  private static void send(HttpServerResponse response, ApiAnswer answer) {
    response.setStatusCode(answer.status());
    answer.contentType().ifPresent(type -> response.putHeader("Content-Type", type));
    response
        .end(Buffer.buffer(answer.body()))
        .onFailure(e -> LOG.debug("guest API: client left", e));
  }

  private static <T> void await(CompletableFuture<T> future, String what) {
    try {
      future.get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the guest's API was interrupted: " + what, e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the guest's API cannot " + what, e);
    }
  }

  @Override
  public void close() {
    await(server.close().toCompletionStage().toCompletableFuture(), "close");
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.warn("could not remove {}", socket, e);
    }
  }

  /** Vert.x closes the connection after a request that it cannot take, and would not say so. */
  private static void invalid(HttpServerRequest request) {
    request.response().putHeader("Connection", "close");
    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
  }
}
