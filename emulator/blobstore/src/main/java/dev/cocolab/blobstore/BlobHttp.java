package dev.cocolab.blobstore;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP exchange after the other: rights are decided on the headers, the body is collected up to
 * the limit and by the deadline, the answer is sent in pieces as fast as the client takes them.
 * Runs on event loops and never blocks.
 */
final class BlobHttp {

  private static final Logger LOG = LoggerFactory.getLogger(BlobHttp.class);
  private static final int PIECE = 64 * 1024;
  private static final int LONGEST_CLIENT_ID = 1024;
  private static final String DEFAULT_VERSION = "2021-12-02";

  private final Vertx vertx;
  private final Authorizer authorizer;
  private final BlobService service;
  private final BlobServerOptions.Limits limits;
  private final Clock clock;
  private final AtomicLong requests = new AtomicLong();

  BlobHttp(
      Vertx vertx,
      Authorizer authorizer,
      BlobService service,
      BlobServerOptions.Limits limits,
      Clock clock) {
    this.vertx = vertx;
    this.authorizer = authorizer;
    this.service = service;
    this.limits = limits;
    this.clock = clock;
  }

  /** State of one exchange. */
  private static final class Exchange {
    final String id;
    final Buffer body = Buffer.buffer();
    Optional<Permit> permit = Optional.empty();
    Optional<RefusedException> refusal = Optional.empty();
    boolean answered;

    Exchange(String id) {
      this.id = id;
    }
  }

  /** What the headers allowed. */
  private record Permit(Operation operation, RequestTarget target, boolean createsOnly) {}

  void handle(HttpServerRequest request) {
    Exchange exchange = new Exchange(requestId(requests.incrementAndGet()));
    try {
      exchange.permit = Optional.of(decide(request));
    } catch (RefusedException refused) {
      exchange.refusal = Optional.of(refused);
    }
    long deadline =
        vertx.setTimer(
            limits.body().toMillis(),
            timer -> giveUp(request, exchange, BlobError.OPERATION_TIMED_OUT));
    request.exceptionHandler(
        broken -> {
          vertx.cancelTimer(deadline);
          LOG.debug("request {} broke off: {}", exchange.id, broken.toString());
          giveUp(request, exchange, BlobError.INVALID_INPUT);
        });
    request.handler(piece -> collect(request, exchange, piece));
    request.endHandler(
        end -> {
          vertx.cancelTimer(deadline);
          finish(request, exchange);
        });
  }

  private Permit decide(HttpServerRequest request) {
    RequestTarget target = RequestTarget.parse(authority(request), request.uri());
    Operation operation = Operation.of(request.method().name(), target);
    boolean createsOnly =
        authorizer.check(
            operation,
            request.method().name(),
            target,
            request.headers(),
            request.remoteAddress().hostAddress(),
            () -> service.blobExists(target));
    return new Permit(operation, target, createsOnly);
  }

  private static String authority(HttpServerRequest request) {
    String host = request.getHeader("Host");
    return host == null ? "" : host;
  }

  private void collect(HttpServerRequest request, Exchange exchange, Buffer piece) {
    if (exchange.answered) {
      return;
    }
    if (exchange.body.length() + (long) piece.length() > limits.requestBody()) {
      giveUp(request, exchange, BlobError.REQUEST_BODY_TOO_LARGE);
    } else if (exchange.refusal.isEmpty()) {
      exchange.body.appendBuffer(piece);
    }
  }

  /** Answers although the body is not complete; the connection is of no further use. */
  private void giveUp(HttpServerRequest request, Exchange exchange, BlobError error) {
    if (exchange.answered) {
      return;
    }
    exchange.answered = true;
    request.response().putHeader("Connection", "close");
    sendError(request, exchange, new RefusedException(error));
    vertx.setTimer(1000, timer -> request.connection().close());
  }

  private void finish(HttpServerRequest request, Exchange exchange) {
    if (exchange.answered) {
      return;
    }
    exchange.answered = true;
    if (exchange.refusal.isPresent()) {
      sendError(request, exchange, exchange.refusal.get());
      return;
    }
    Permit permit = exchange.permit.orElseThrow();
    try {
      // The body may have taken its time.
      if (permit.createsOnly() && service.blobExists(permit.target())) {
        throw new RefusedException(BlobError.AUTHORIZATION_PERMISSION_MISMATCH);
      }
      String endpoint = request.scheme() + "://" + authority(request) + "/";
      Answer answer =
          service.perform(
              permit.operation(),
              permit.target(),
              request.headers(),
              endpoint,
              exchange.body.getBytes());
      boolean head = request.method().name().equals("HEAD");
      send(request, exchange, head ? answer.headersOnly() : answer);
    } catch (RefusedException refused) {
      sendError(request, exchange, refused);
    } catch (RuntimeException bug) {
      LOG.error("request {} failed", exchange.id, bug);
      sendError(request, exchange, new RefusedException(BlobError.INTERNAL_ERROR));
    }
  }

  private void sendError(HttpServerRequest request, Exchange exchange, RefusedException refused) {
    BlobError error = refused.error();
    LOG.debug("request {} refused: {} {}", exchange.id, error.status(), error.code());
    String xml = XmlBodies.error(error, exchange.id, clock.instant().toString(), refused.details());
    Answer answer =
        Answer.body(
            error.status(),
            Map.of("x-ms-error-code", error.code(), "Content-Type", "application/xml"),
            xml.getBytes(StandardCharsets.UTF_8));
    boolean bodiless = request.method().name().equals("HEAD") || error.status() == 304;
    send(request, exchange, bodiless ? answer.headersOnly() : answer);
  }

  private void send(HttpServerRequest request, Exchange exchange, Answer answer) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    response.setStatusCode(answer.status());
    response.putHeader("Server", "CoCoLab-Blob");
    response.putHeader("Date", SasTimes.httpDate(now()));
    response.putHeader("x-ms-request-id", exchange.id);
    response.putHeader("x-ms-version", version(request));
    String clientId = request.getHeader("x-ms-client-request-id");
    if (clientId != null && clientId.length() <= LONGEST_CLIENT_ID) {
      response.putHeader("x-ms-client-request-id", clientId);
    }
    answer.headers().forEach(response::putHeader);
    if (answer.status() == 304) {
      response.end();
      return;
    }
    response.putHeader("Content-Length", Long.toString(answer.contentLength()));
    response.exceptionHandler(
        broken -> LOG.debug("answer {} broke off: {}", exchange.id, broken.toString()));
    pump(response, answer, answer.span().from());
  }

  /** Writes until the client falls behind, and goes on when it has caught up. */
  private void pump(HttpServerResponse response, Answer answer, int from) {
    int position = from;
    int end = answer.span().to();
    while (position < end) {
      if (response.closed()) {
        return;
      }
      if (response.writeQueueFull()) {
        int next = position;
        response.drainHandler(drained -> pump(response, answer, next));
        return;
      }
      int length = Math.min(PIECE, end - position);
      response.write(Buffer.buffer(length).appendBytes(answer.body(), position, length));
      position += length;
    }
    response.end();
  }

  private Instant now() {
    return clock.instant();
  }

  private static String version(HttpServerRequest request) {
    String asked = request.getHeader("x-ms-version");
    return asked != null && asked.matches("\\d{4}-\\d{2}-\\d{2}") ? asked : DEFAULT_VERSION;
  }

  private static String requestId(long number) {
    return String.format("c0c01ab0-0000-0000-0000-%012x", number);
  }
}
