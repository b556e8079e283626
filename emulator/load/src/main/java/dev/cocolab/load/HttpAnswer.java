package dev.cocolab.load;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An answer of HTTP/1.1 (RFC 9112), read from a stream: bounded, with its whole body. */
final class HttpAnswer {
  private static final int MOST_HEAD_BYTES = 64 * 1024;
  private static final int MOST_BODY_BYTES = 8 * 1024 * 1024;

  private final int status;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final boolean keepsOpen;

  private HttpAnswer(
      int status, Map<String, List<String>> headers, byte[] body, boolean keepsOpen) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.keepsOpen = keepsOpen;
  }

  /** An answer that is none. */
  static final class Malformed extends IOException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /**
   * Reads one answer.
   *
   * @throws EOFException when the stream ends before the answer does
   * @throws Malformed when it is none, or larger than 8 MiB
   */
  static HttpAnswer read(InputStream in) throws IOException {
    Head head = new Head(in);
    String[] first = head.line().split(" ", 3);
    if (first.length < 2 || !first[0].startsWith("HTTP/1.") || !first[1].matches("[2-5]\\d\\d")) {
      throw new Malformed("the answer is not one of HTTP/1.1");
    }
    Map<String, List<String>> headers = new HashMap<>();
    for (String line = head.line(); !line.isEmpty(); line = head.line()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new Malformed("a header of the answer has no name");
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).strip().toLowerCase(Locale.ROOT), n -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    int status = Integer.parseInt(first[1]);
    boolean closes =
        first[0].equals("HTTP/1.0") || "close".equalsIgnoreCase(last(headers, "connection"));
    if (status == 204 || status == 304) {
      return new HttpAnswer(status, headers, new byte[0], !closes);
    }
    if ("chunked".equalsIgnoreCase(last(headers, "transfer-encoding"))) {
      return new HttpAnswer(status, headers, chunks(in, head), !closes);
    }
    String length = last(headers, "content-length");
    if (length == null) {
      return new HttpAnswer(status, headers, rest(in), false);
    }
    byte[] body = exactly(in, size(length, 10));
    return new HttpAnswer(status, headers, body, !closes);
  }

  private static String last(Map<String, List<String>> headers, String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.get(values.size() - 1);
  }

  private static byte[] chunks(InputStream in, Head head) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = size(head.line().replaceFirst(";.*", "").strip(), 16);
      if (size == 0) {
        break;
      }
      if (body.size() + size > MOST_BODY_BYTES) {
        throw new Malformed("the answer has more than 8 MiB");
      }
      body.write(exactly(in, size));
      if (!head.line().isEmpty()) {
        throw new Malformed("a chunk of the answer is longer than it says");
      }
    }
    while (!head.line().isEmpty()) {
      // trailers say nothing that is needed
    }
    return body.toByteArray();
  }

  private static int size(String digits, int radix) throws Malformed {
    try {
      long size = Long.parseLong(digits, radix);
      if (size >= 0 && size <= MOST_BODY_BYTES) {
        return (int) size;
      }
    } catch (NumberFormatException e) {
      throw new Malformed("the answer's length is no number");
    }
    throw new Malformed("the answer has more than 8 MiB");
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection was closed in the middle of an answer");
    }
    return bytes;
  }

  private static byte[] rest(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BODY_BYTES + 1);
    if (bytes.length > MOST_BODY_BYTES) {
      throw new Malformed("the answer has more than 8 MiB");
    }
    return bytes;
  }

  /** Lines of the head, which share one bound. */
  private static final class Head {
    private final InputStream in;
    private int left = MOST_HEAD_BYTES;

    Head(InputStream in) {
      this.in = in;
    }

    String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(80);
      while (true) {
        int octet = in.read();
        if (octet < 0) {
          throw new EOFException("the connection was closed before the answer");
        }
        if (--left < 0) {
          throw new Malformed("the head of the answer has more than 64 KiB");
        }
        if (octet == '\n') {
          return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
        }
        line.write(octet);
      }
    }
  }

  int status() {
    return status;
  }

  byte[] body() {
    return body.clone();
  }

  /** Whether the connection can be used for another request. */
  boolean keepsOpen() {
    return keepsOpen;
  }

  /** The value that a {@code Set-Cookie} header gives a cookie. */
  Optional<String> cookie(String name) {
    for (String header : headers.getOrDefault("set-cookie", List.of())) {
      String pair = header.replaceFirst(";.*", "");
      if (pair.startsWith(name + "=")) {
        return Optional.of(pair.substring(name.length() + 1).strip());
      }
    }
    return Optional.empty();
  }
}
