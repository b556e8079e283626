package dev.cocolab.broker;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * An answer.
 *
 * @param status HTTP status
 * @param contentType none for errors, as upstream
 * @param body the body
 * @param setCookie value of the {@code Set-Cookie} header
 */
record ApiResponse(
    int status, Optional<String> contentType, Buffer body, Optional<String> setCookie) {
  static ApiResponse json(byte[] body) {
    return new ApiResponse(
        200, Optional.of("application/json"), Buffer.buffer(body), Optional.empty());
  }

  static ApiResponse json(byte[] body, String cookie) {
    return new ApiResponse(
        200, Optional.of("application/json"), Buffer.buffer(body), Optional.of(cookie));
  }

  /** What plugins answer where it is not encrypted. */
  static ApiResponse plain(byte[] body) {
    return new ApiResponse(200, Optional.of("text/xml"), Buffer.buffer(body), Optional.empty());
  }

  static ApiResponse empty() {
    return new ApiResponse(200, Optional.empty(), Buffer.buffer(), Optional.empty());
  }
}
