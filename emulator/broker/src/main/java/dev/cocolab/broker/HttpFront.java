package dev.cocolab.broker;

import dev.cocolab.broker.log.KbsLog;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.Set;

/**
 * The HTTP side: routes, the bound on bodies, headers, and the access log. Requests that read files
 * or evaluate policies are answered on worker threads of the broker's own.
 */
final class HttpFront {
  private static final String API_METHODS = "GET, POST, PUT, DELETE";
  private static final long NANOS_PER_MICRO = 1000;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final Set<String> ALLOWED = Set.of("GET", "POST", "PUT", "DELETE");

  private final KbsApi api;
  private final WorkerExecutor workers;
  private final int maxBodyBytes;
  private final KbsLog log;

  HttpFront(KbsApi api, WorkerExecutor workers, int maxBodyBytes, KbsLog log) {
    this.api = api;
    this.workers = workers;
    this.maxBodyBytes = maxBodyBytes;
    this.log = log;
  }

  void handle(HttpServerRequest request) {
    long start = System.nanoTime();
    Optional<String> apiPath = RequestTarget.apiPath(request.path() == null ? "" : request.path());
    if (apiPath.isPresent()) {
      if (ALLOWED.contains(request.method().name())) {
        receive(request, apiPath.get(), start);
      } else {
        finish(request, methodNotAllowed(request, API_METHODS), Buffer.buffer(), start);
      }
    } else if ("/healthz".equals(request.path())) {
      request
          .end()
          .onSuccess(whole -> health(request, start))
          .onFailure(broken -> malformed(request, start));
    } else {
      finish(request, request.response().setStatusCode(404), Buffer.buffer(), start);
    }
  }

  private void health(HttpServerRequest request, long start) {
    boolean get = request.method().equals(HttpMethod.GET);
    HttpServerResponse response = get ? request.response() : methodNotAllowed(request, "GET");
    finish(request, response, Buffer.buffer(), start);
  }

  private static HttpServerResponse methodNotAllowed(HttpServerRequest request, String allow) {
    return request.response().setStatusCode(405).putHeader("allow", allow);
  }

  private void receive(HttpServerRequest request, String path, long start) {
    Buffer body = Buffer.buffer();
    boolean[] refused = {announcesTooMuch(request)};
    if (refused[0]) {
      tooLarge(request, start);
    }
    request.handler(
        chunk -> {
          if (refused[0]) {
            return;
          }
          if (body.length() + chunk.length() > maxBodyBytes) {
            refused[0] = true;
            tooLarge(request, start);
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(
        broken -> {
          if (!refused[0]) {
            refused[0] = true;
            malformed(request, start);
          }
        });
    request.endHandler(
        end -> {
          if (!refused[0]) {
            answer(request, path, body, start);
          }
        });
  }

  private boolean announcesTooMuch(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    try {
      return length != null && Long.parseLong(length) > maxBodyBytes;
    } catch (NumberFormatException e) {
      return true;
    }
  }

  /** A body whose chunks are none; a client that has left does not hear it. */
  private void malformed(HttpServerRequest request, long start) {
    HttpServerResponse response =
        request.response().setStatusCode(400).putHeader("connection", "close");
    finish(request, response, Buffer.buffer(), start);
  }

  private void tooLarge(HttpServerRequest request, long start) {
    HttpServerResponse response =
        request
            .response()
            .setStatusCode(413)
            .putHeader("content-type", "text/plain; charset=utf-8")
            .putHeader("connection", "close");
    finish(request, response, Buffer.buffer("payload reached size limit"), start);
  }

  private void answer(HttpServerRequest request, String path, Buffer body, long start) {
    ApiRequest call =
        new ApiRequest(
            request.method().name(),
            path,
            RequestTarget.query(request.query()),
            RequestTarget.cookie(request.getHeader("cookie"), Handshake.COOKIE),
            Optional.ofNullable(request.getHeader("authorization")),
            body,
            peer(request));
    Future<ApiResponse> answer =
        api.isQuick(call)
            ? Future.future(promise -> promise.complete(api.answer(call)))
            : workers.executeBlocking(() -> api.answer(call), false);
    answer.onComplete(
        result -> {
          HttpServerResponse response = request.response();
          if (result.failed()) {
            log.error("kbs::api_server", "request failed: " + result.cause());
            finish(request, response.setStatusCode(500), Buffer.buffer(), start);
            return;
          }
          ApiResponse value = result.result();
          response.setStatusCode(value.status());
          value.contentType().ifPresent(type -> response.putHeader("content-type", type));
          value.setCookie().ifPresent(cookie -> response.putHeader("set-cookie", cookie));
          finish(request, response, value.body(), start);
        });
  }

  private void finish(
      HttpServerRequest request, HttpServerResponse response, Buffer body, long start) {
    int status = response.getStatusCode();
    // Before the answer, so that whoever has the answer finds the line.
    access(request, status, body.length(), start);
    response.end(body);
  }

  private void access(HttpServerRequest request, int status, int bytes, long start) {
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
            + seconds(System.nanoTime() - start));
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
