package dev.cocolab.blobstore;

import java.util.Map;

/**
 * What goes back to the client.
 *
 * @param status HTTP status
 * @param headers beside those that every answer has
 * @param body the bytes of which {@code span} is sent
 * @param span part of the body
 * @param contentLength value of Content-Length; differs from the span for HEAD
 */
@SuppressWarnings("ArrayRecordComponent")
record Answer(
    int status, Map<String, String> headers, byte[] body, ByteSpan span, long contentLength) {

  private static final byte[] NOTHING = {};

  static Answer empty(int status, Map<String, String> headers) {
    return new Answer(status, headers, NOTHING, new ByteSpan(0, 0, false), 0);
  }

  static Answer body(int status, Map<String, String> headers, byte[] body) {
    return new Answer(status, headers, body, new ByteSpan(0, body.length, false), body.length);
  }

  /** The same headers without a body, for HEAD. */
  Answer headersOnly() {
    return new Answer(status, headers, NOTHING, new ByteSpan(0, 0, false), contentLength);
  }
}
