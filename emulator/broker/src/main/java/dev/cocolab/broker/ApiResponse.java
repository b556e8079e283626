package dev.cocolab.broker;

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
    int status, Optional<String> contentType, byte[] body, Optional<String> setCookie) {
  private static final byte[] EMPTY = {};

  static ApiResponse json(byte[] body) {
    return new ApiResponse(200, Optional.of("application/json"), body, Optional.empty());
  }

  static ApiResponse json(byte[] body, String cookie) {
    return new ApiResponse(200, Optional.of("application/json"), body, Optional.of(cookie));
  }

  /** What plugins answer to administrators. */
  static ApiResponse plain() {
    return new ApiResponse(200, Optional.of("text/xml"), EMPTY, Optional.empty());
  }

  static ApiResponse empty() {
    return new ApiResponse(200, Optional.empty(), EMPTY, Optional.empty());
  }
}
