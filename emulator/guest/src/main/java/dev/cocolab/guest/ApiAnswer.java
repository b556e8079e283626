package dev.cocolab.guest;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** An answer of the loopback API. */
final class ApiAnswer {

  private final int status;
  private final Optional<String> contentType;
  private final byte[] body;

  private ApiAnswer(int status, Optional<String> contentType, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  static ApiAnswer bytes(byte[] body) {
    return new ApiAnswer(200, Optional.of("application/octet-stream"), body.clone());
  }

  static ApiAnswer json(String body) {
    return new ApiAnswer(
        200, Optional.of("application/json"), body.getBytes(StandardCharsets.UTF_8));
  }

  /** A fixed or error text, which has no content type. */
  static ApiAnswer text(int status, String body) {
    return new ApiAnswer(status, Optional.empty(), body.getBytes(StandardCharsets.UTF_8));
  }

  int status() {
    return status;
  }

  Optional<String> contentType() {
    return contentType;
  }

  byte[] body() {
    return body.clone();
  }
}
