package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Reason;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Reads request bodies of at most 3 MiB within 30 seconds. */
final class BodyReader {
  static final int LIMIT = 3 * 1024 * 1024;
  private static final long TIMEOUT_MILLIS = 30_000;

  private final Vertx vertx;

  BodyReader(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Calls exactly one of the two. */
  void read(HttpServerRequest request, Consumer<byte[]> whole, Consumer<ApiException> failure) {
    Buffer body = Buffer.buffer();
    boolean[] done = {false};
    long timer =
        vertx.setTimer(
            TIMEOUT_MILLIS,
            id ->
                finish(
                    done,
                    () ->
                        failure.accept(
                            ApiException.of(Reason.TIMEOUT, "the body did not arrive in time"))));
    request.handler(
        part -> {
          if (done[0]) {
            return;
          }
          if (body.length() + part.length() > LIMIT) {
            vertx.cancelTimer(timer);
            finish(
                done,
                () ->
                    failure.accept(
                        ApiException.of(
                            Reason.REQUEST_ENTITY_TOO_LARGE,
                            "Request entity too large: limit is " + LIMIT)));
          } else {
            body.appendBuffer(part);
          }
        });
    request.exceptionHandler(
        broken -> {
          vertx.cancelTimer(timer);
          finish(done, () -> failure.accept(ApiException.badRequest("the body could not be read")));
        });
    request.endHandler(
        end -> {
          vertx.cancelTimer(timer);
          finish(done, () -> whole.accept(body.getBytes()));
        });
  }

  private static void finish(boolean[] done, Runnable action) {
    if (!done[0]) {
      done[0] = true;
      action.run();
    }
  }
}
