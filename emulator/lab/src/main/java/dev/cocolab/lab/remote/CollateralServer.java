package dev.cocolab.lab.remote;

import dev.cocolab.tee.collateral.CollateralAnswer;
import dev.cocolab.tee.collateral.CollateralRequest;
import dev.cocolab.tee.collateral.CollateralService;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Serves the collateral of the emulated hardware over HTTP on 127.0.0.1: what {@code
 * kdsintf.amd.com} and Intel's certification service are for real one. Its address is what a
 * verifier is configured with in their place.
 */
public final class CollateralServer implements AutoCloseable {
  private static final int START_SECONDS = 5;
  private static final int BAD_REQUEST = 400;

  private final Vertx vertx;
  private final CollateralService service;
  private final HttpServer server;

  private CollateralServer(Vertx vertx, CollateralService service) {
    this.vertx = vertx;
    this.service = service;
    this.server = vertx.createHttpServer().requestHandler(this::take);
  }

  /**
   * Listens on any port.
   *
   * @throws IllegalStateException if none can be bound
   */
  public static CollateralServer start(Vertx vertx, CollateralService service) {
    CollateralServer started =
        new CollateralServer(
            Objects.requireNonNull(vertx, "vertx"), Objects.requireNonNull(service, "service"));
    try {
      started
          .server
          .listen(0, "127.0.0.1")
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no port on 127.0.0.1 can be bound", e);
    }
    return started;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.actualPort());
  }

  /** The base of all paths, such as {@code http://127.0.0.1:34567}. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  /** What it serves, and its faults. */
  public CollateralService service() {
    return service;
  }

  private void take(HttpServerRequest request) {
    Optional<CollateralRequest> read = CollateralRequest.of(request.method().name(), request.uri());
    if (read.isEmpty()) {
      request.response().setStatusCode(BAD_REQUEST).end();
      return;
    }
    // Certificates are signed when asked for, which is no work for an event loop.
    vertx
        .executeBlocking(() -> service.treat(read.get()), false)
        .onSuccess(treatment -> treat(request, treatment))
        .onFailure(failure -> request.connection().close());
  }

  private void treat(HttpServerRequest request, CollateralService.Treatment treatment) {
    if (treatment.answer().isEmpty()) {
      request.connection().close();
      return;
    }
    Duration delay = treatment.delay();
    CollateralAnswer answer = treatment.answer().get();
    if (delay.isZero()) {
      send(request, answer);
    } else {
      vertx.setTimer(delay.toMillis(), timer -> send(request, answer));
    }
  }

  private static void send(HttpServerRequest request, CollateralAnswer answer) {
    if (request.response().closed()) {
      return;
    }
    request.response().setStatusCode(answer.status());
    answer.headers().forEach(request.response()::putHeader);
    request.response().end(Buffer.buffer(answer.body()));
  }

  @Override
  public void close() {
    server.close();
  }
}
