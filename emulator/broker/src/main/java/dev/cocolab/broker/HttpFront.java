package dev.cocolab.broker;

import dev.cocolab.broker.log.KbsLog;
import dev.cocolab.broker.metrics.KbsMetrics;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.function.Function;

/**
 * The HTTP side: routes, the bound on bodies, headers, and the access log. Requests that read files
 * or evaluate policies are answered on worker threads of the broker's own.
 */
final class HttpFront {
  private static final long NANOS_PER_MICRO = 1000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final Function<String, Optional<Route>> routes;
  private final RequestIds ids;
  private final KbsMetrics metrics;
  private final WorkerExecutor workers;
  private final int maxBodyBytes;
  private final KbsLog log;

  HttpFront(
      Function<String, Optional<Route>> routes,
      RequestIds ids,
      KbsMetrics metrics,
      WorkerExecutor workers,
      int maxBodyBytes,
      KbsLog log) {
    this.routes = routes;
    this.ids = ids;
    this.metrics = metrics;
    this.workers = workers;
    this.maxBodyBytes = maxBodyBytes;
    this.log = log;
  }

  /** A request on its way to an answer. */
  private record Exchange(HttpServerRequest request, String id, boolean counted, long start) {
    HttpServerResponse response() {
      return request.response();
    }
  }

  void handle(HttpServerRequest request) {
    String path = request.path() == null ? "" : request.path();
    Exchange exchange =
        new Exchange(request, ids.next(), path.startsWith("/kbs"), System.nanoTime());
    request.response().putHeader(RequestIds.HEADER, exchange.id());
    if (exchange.counted()) {
      metrics.requestBegun(Math.max(0, announced(request)));
    }
    Optional<Route> route = routes.apply(path);
    if (route.isEmpty()) {
      finish(exchange, exchange.response().setStatusCode(404), Buffer.buffer());
    } else if (route.get().methods().contains(request.method().name())) {
      receive(exchange, route.get());
    } else {
      String allow = String.join(", ", route.get().methods());
      exchange.response().setStatusCode(405).putHeader("allow", allow);
      finish(exchange, exchange.response(), Buffer.buffer());
    }
  }

  private void receive(Exchange exchange, Route route) {
    HttpServerRequest request = exchange.request();
    Buffer body = Buffer.buffer();
    boolean[] refused = {announced(request) > maxBodyBytes};
    if (refused[0]) {
      tooLarge(exchange);
    }
    request.handler(
        chunk -> {
          if (refused[0]) {
            return;
          }
          if (body.length() + chunk.length() > maxBodyBytes) {
            refused[0] = true;
            tooLarge(exchange);
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(
        broken -> {
          if (!refused[0]) {
            refused[0] = true;
            malformed(exchange);
          }
        });
    request.endHandler(
        end -> {
          if (!refused[0]) {
            answer(exchange, route, body);
          }
        });
  }

  /** The length that a request says its body has; 0 when it says none. */
  private static long announced(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** A body whose chunks are none; a client that has left does not hear it. */
  private void malformed(Exchange exchange) {
    HttpServerResponse response =
        exchange.response().setStatusCode(400).putHeader("connection", "close");
    finish(exchange, response, Buffer.buffer());
  }

  private void tooLarge(Exchange exchange) {
    HttpServerResponse response =
        exchange
            .response()
            .setStatusCode(413)
            .putHeader("content-type", "text/plain; charset=utf-8")
            .putHeader("connection", "close");
    finish(exchange, response, Buffer.buffer("payload reached size limit"));
  }

  private void answer(Exchange exchange, Route route, Buffer body) {
    HttpServerRequest request = exchange.request();
    ApiRequest call =
        new ApiRequest(
            request.method().name(),
            route.path(),
            request.uri(),
            RequestTarget.query(request.query()),
            RequestTarget.cookie(request.getHeader("cookie"), Handshake.COOKIE),
            Optional.ofNullable(request.getHeader("authorization")),
            body,
            new Caller(exchange.id(), peer(request)));
    Future<ApiResponse> answer =
        route.quick().test(call)
            ? Future.future(promise -> promise.complete(route.answer().apply(call)))
            : workers.executeBlocking(() -> route.answer().apply(call), false);
    answer.onComplete(
        result -> {
          HttpServerResponse response = exchange.response();
          if (result.failed()) {
            log.error("kbs::api_server", "request failed: " + result.cause());
            finish(exchange, response.setStatusCode(500), Buffer.buffer());
            return;
          }
          ApiResponse value = result.result();
          response.setStatusCode(value.status());
          value.contentType().ifPresent(type -> response.putHeader("content-type", type));
          value.setCookie().ifPresent(cookie -> response.putHeader("set-cookie", cookie));
          finish(exchange, response, value.body());
        });
  }

  private void finish(Exchange exchange, HttpServerResponse response, Buffer body) {
    int status = response.getStatusCode();
    long nanos = System.nanoTime() - exchange.start();
    if (exchange.counted()) {
      metrics.requestEnded(body.length(), nanos);
    }
    // Before the answer, so that whoever has the answer finds the line.
    access(exchange.request(), status, body.length(), nanos);
    response.end(body);
  }

  private void access(HttpServerRequest request, int status, int bytes, long nanos) {
    log.info(
        "actix_web::middleware::logger",
        peer(request)
            + " \""
            + request.method().name()
            + " "
            + request.uri()
            + " HTTP/1.1\" "
            + status
            + " "
            + bytes
            + " \""
            + header(request, "referer")
            + "\" \""
            + header(request, "user-agent")
            + "\" "
            + seconds(nanos));
  }

  /** With six digits after the point. */
  private static String seconds(long nanos) {
    long micros = (nanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
    String fraction = Long.toString(MICROS_PER_SECOND + micros % MICROS_PER_SECOND).substring(1);
    return micros / MICROS_PER_SECOND + "." + fraction;
  }

  private static String header(HttpServerRequest request, String name) {
    String value = request.getHeader(name);
    return value == null ? "-" : value;
  }

  private static String peer(HttpServerRequest request) {
    return request.remoteAddress() == null ? "-" : request.remoteAddress().hostAddress();
  }
}
