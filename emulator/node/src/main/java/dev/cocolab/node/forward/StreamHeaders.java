package dev.cocolab.node.forward;

import io.netty.handler.codec.spdy.SpdySynStreamFrame;

/**
 * What a client says of a stream that it opens.
 *
 * @param type error or data
 * @param port port of the pod
 * @param requestId what the two streams of a connection have in common
 */
record StreamHeaders(Type type, int port, String requestId) {
  enum Type {
    ERROR,
    DATA
  }

  /**
   * Reads them. Clients of old send no {@code requestid}; their data stream is the next after their
   * error stream, and clients' numbers are odd.
   *
   * @throws IllegalArgumentException with the kubelet's text
   */
  static StreamHeaders read(SpdySynStreamFrame frame) {
    int port = ForwardedPort.parse(required(frame, "port"));
    String kind = required(frame, "streamtype");
    Type type =
        switch (kind) {
          case "error" -> Type.ERROR;
          case "data" -> Type.DATA;
          default -> throw new IllegalArgumentException("invalid stream type \"" + kind + "\"");
        };
    String requestId = header(frame, "requestid");
    int first = type == Type.ERROR ? frame.streamId() : frame.streamId() - 2;
    return new StreamHeaders(type, port, requestId.isEmpty() ? "stream " + first : requestId);
  }

  private static String required(SpdySynStreamFrame frame, String name) {
    String value = header(frame, name);
    if (value.isEmpty()) {
      throw new IllegalArgumentException("\"" + name + "\" header is required");
    }
    return value;
  }

  private static String header(SpdySynStreamFrame frame, String name) {
    CharSequence value = frame.headers().get(name);
    return value == null ? "" : value.toString();
  }
}
