package dev.cocolab.garbage;

import dev.cocolab.garbage.BodyGarbage.Body;
import dev.cocolab.garbage.WireRequest.Framing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A sequence of garbage requests that the seed decides: method, path, query, headers, body and
 * framing, each of them right often enough that the others are reached.
 */
public final class GarbageRequests {
  private static final List<String> METHODS =
      List.of(
          "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get",
          "CONNECT");
  private static final List<String> TYPES =
      List.of(
          "application/json",
          "application/yaml",
          "application/vnd.kubernetes.protobuf",
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json",
          "application/apply-patch+yaml",
          "application/json; charset=utf-16",
          "text/plain",
          "application/octet-stream",
          "multipart/form-data; boundary=x",
          "application/x-www-form-urlencoded",
          "*/*",
          ";;",
          "x",
          "application/cbor",
          "application/xml");
  private static final List<String> ACCEPTS =
      List.of(
          "application/json",
          "*/*",
          "application/json;as=Table;v=v1;g=meta.k8s.io",
          "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
          "text/html",
          ";",
          ",,,",
          "application/json;q=nonsense",
          "application/vnd.kubernetes.protobuf",
          "a/b;c=\"",
          "application/*",
          "application/json;as=Table;v=v9;g=meta.k8s.io",
          "application/jose",
          "\u00ff");
  private static final List<String> EXTRA =
      List.of(
          "X-Forwarded-For: ;;",
          "Cookie: kbs-session-id=garbage",
          "Cookie: ;=;",
          "If-None-Match: *",
          "Range: bytes=9-1",
          "Content-Range: 5-3",
          "Origin: null",
          "User-Agent: ",
          "Accept-Encoding: gzip, \u00e9",
          "X-Stream-Protocol-Version: v9",
          "x-ms-version: garbage",
          "Date: now",
          "Sec-WebSocket-Protocol: garbage",
          "Connection: keep-alive, Upgrade",
          "TE: trailers",
          "Via: x",
          "Attestation: e30");

  private static final List<String> ILLEGAL =
      List.of(
          "no colon here",
          ": no name",
          "Na me: x",
          "Nul\0: x",
          "Name: \0",
          "\u00e9: x",
          "Name : x");

  /** Share, in percent, of requests that have a framing of their own and so need a connection. */
  private static final int FRAMED = 12;

  private final Random random;
  private final PathGarbage paths;
  private final BodyGarbage bodies;

  public GarbageRequests(long seed) {
    this.random = new Random(seed);
    this.paths = new PathGarbage(random);
    this.bodies = new BodyGarbage(random);
  }

  /**
   * The next request.
   *
   * @param identity header lines that say who asks, for example {@code Authorization: Bearer x}
   */
  public WireRequest next(Route route, List<String> identity) {
    String method = random.nextInt(10) < 7 ? route.method() : any(METHODS);
    String target = paths.target(route);
    Body body = bodies.of(route);
    String type = random.nextInt(4) > 0 ? route.contentType() : any(TYPES);
    List<String> headers = new ArrayList<>(identity);
    if (!type.isEmpty()) {
      headers.add("Content-Type: " + type);
    }
    if (random.nextInt(3) == 0) {
      headers.add("Accept: " + any(ACCEPTS));
    }
    if (!body.encoding().isEmpty()) {
      headers.add("Content-Encoding: " + body.encoding());
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      headers.add(random.nextInt(200) == 0 ? "Impersonate-Extra-%zz: x" : any(EXTRA));
    }
    boolean unreadable = body.unreadable() && (type.isEmpty() || type.contains("json"));
    Message message = new Message(method, target, headers, body.bytes(), unreadable);
    return random.nextInt(100) < FRAMED ? framed(message) : message.plain();
  }

  /** A request before it has its framing. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Message(
      String method, String target, List<String> headers, byte[] body, boolean unreadable) {
    Message with(String... more) {
      List<String> all = new ArrayList<>(headers);
      all.addAll(Arrays.asList(more));
      return new Message(method, target, all, body, unreadable);
    }

    WireRequest plain() {
      return wire("HTTP/1.1", true, Integer.toString(body.length), Framing.WELL_FORMED);
    }

    WireRequest framed(Framing framing) {
      return wire("HTTP/1.1", true, Integer.toString(body.length), framing);
    }

    WireRequest length(String text, Framing framing) {
      return wire("HTTP/1.1", true, text, framing);
    }

    /** An empty length leaves the header away. */
    WireRequest wire(String version, boolean host, String length, Framing framing) {
      StringBuilder head = new StringBuilder(method + " " + target + " " + version + "\r\n");
      if (host) {
        head.append("Host: localhost\r\n");
      }
      headers.forEach(line -> head.append(line).append("\r\n"));
      if (!length.isEmpty() && !(length.equals("0") && method.equals("GET"))) {
        head.append("Content-Length: ").append(length).append("\r\n");
      }
      return bytes(head.append("\r\n").toString(), body, framing);
    }

    private boolean illegal() {
      return headers.stream().anyMatch(ILLEGAL::contains);
    }

    WireRequest bytes(String head, byte[] rest, Framing framing) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
      out.writeBytes(rest);
      boolean upgrade = head.toLowerCase(Locale.ROOT).contains("\nupgrade:");
      return new WireRequest(
          out.toByteArray(), method, target, framing, unreadable, upgrade, illegal());
    }
  }

  private WireRequest framed(Message message) {
    int length = message.body().length;
    return switch (random.nextInt(26)) {
      case 0, 1 ->
          message.length(Integer.toString(length + 1 + random.nextInt(1000)), Framing.TRUNCATED);
      case 2 ->
          length < 2
              ? message.plain()
              : message.length(Integer.toString(random.nextInt(length)), Framing.AMBIGUOUS);
      case 3 ->
          message.length(
              any(List.of("-1", "x", "1e3", "99999999999999999999", "+5", "0x1", "1,2")),
              Framing.BROKEN);
      case 4 ->
          message
              .with("Content-Length: " + (length + 1))
              .length(Integer.toString(length + 2), Framing.BROKEN);
      case 5, 6, 7 -> chunked(message);
      case 8 -> chunkedAndLength(message);
      case 9 ->
          message
              .with(
                  "Transfer-Encoding: "
                      + any(List.of("garbage", "gzip", "chunked, x", "identity", "")))
              .framed(Framing.AMBIGUOUS);
      case 10, 11 -> message.with("Expect: 100-continue").plain();
      case 12 -> message.with("Expect: the-unexpected").framed(Framing.AMBIGUOUS);
      case 13, 14, 15 -> upgrade(message);
      case 16 -> message.with("X-Long: " + "h".repeat(200_000)).framed(Framing.BROKEN);
      case 17 -> message.with(many()).plain();
      case 18 -> message.with(any(ILLEGAL)).framed(Framing.AMBIGUOUS);
      case 19 ->
          message.wire(
              "HTTP/1.0", random.nextBoolean(), Integer.toString(length), Framing.AMBIGUOUS);
      case 20 ->
          message.wire(
              any(List.of("HTTP/0.9", "HTTP/3.7", "HTCPCP/1.0", "http/1.1", "HTTP/x")),
              true,
              Integer.toString(length),
              Framing.AMBIGUOUS);
      case 21 -> message.wire("HTTP/1.1", false, Integer.toString(length), Framing.AMBIGUOUS);
      case 22 -> message.with("Host: other").framed(Framing.AMBIGUOUS);
      case 23 -> noise(message);
      case 24 -> target(message);
      default -> message.with("Connection: close").framed(Framing.AMBIGUOUS);
    };
  }

  private static String[] many() {
    String[] lines = new String[200];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "X-" + i + ": " + i;
    }
    return lines;
  }

  private WireRequest chunked(Message message) {
    Message chunked = message.with("Transfer-Encoding: chunked");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] body = message.body();
    int at = 0;
    while (at < body.length) {
      int size = Math.min(body.length - at, 1 + random.nextInt(Math.max(1, body.length / 3)));
      line(out, Integer.toHexString(size) + (random.nextInt(5) == 0 ? ";ext=1" : ""));
      out.write(body, at, size);
      line(out, "");
      at += size;
    }
    String end = any(List.of("0", "0", "0", "0\r\nTrailer: x", "zz", "-1", "ffffffffffffffff"));
    line(out, end);
    line(out, "");
    Framing framing = end.startsWith("0") ? Framing.WELL_FORMED : Framing.BROKEN;
    WireRequest head = chunked.wire("HTTP/1.1", true, "", framing);
    byte[] start = Arrays.copyOf(head.bytes(), head.bytes().length - body.length);
    return chunked.bytes(
        new String(start, StandardCharsets.ISO_8859_1), out.toByteArray(), framing);
  }

  private static void line(ByteArrayOutputStream out, String text) {
    out.writeBytes((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Two lengths: what a smuggler sends. */
  private WireRequest chunkedAndLength(Message message) {
    WireRequest chunked = chunked(message);
    String text = new String(chunked.bytes(), StandardCharsets.ISO_8859_1);
    String both = text.replaceFirst("\r\n", "\r\nContent-Length: " + random.nextInt(20) + "\r\n");
    return message.bytes(both, new byte[0], Framing.AMBIGUOUS);
  }

  private WireRequest upgrade(Message message) {
    return switch (random.nextInt(5)) {
      case 0 -> message.with("Connection: Upgrade", "Upgrade: SPDY/3.1").framed(Framing.AMBIGUOUS);
      case 1 -> message.with("Connection: Upgrade", "Upgrade: websocket").framed(Framing.AMBIGUOUS);
      case 2 ->
          message
              .with(
                  "Connection: Upgrade",
                  "Upgrade: websocket",
                  "Sec-WebSocket-Version: " + any(List.of("13", "1", "x")),
                  "Sec-WebSocket-Key: " + any(List.of("", "x", "AAAAAAAAAAAAAAAAAAAAAA==")),
                  "Sec-WebSocket-Protocol: "
                      + any(List.of("v5.channel.k8s.io", "x", ",,", "v4.channel.k8s.io")))
              .framed(Framing.AMBIGUOUS);
      case 3 ->
          message
              .with(
                  "Connection: Upgrade, HTTP2-Settings",
                  "Upgrade: h2c",
                  "HTTP2-Settings: " + any(List.of("AAMAAABkAAQAAP__", "garbage!")))
              .framed(Framing.AMBIGUOUS);
      default -> message.with("Upgrade: websocket").framed(Framing.AMBIGUOUS);
    };
  }

  private WireRequest noise(Message message) {
    byte[] noise = new byte[1 + random.nextInt(300)];
    random.nextBytes(noise);
    for (int i = 0; i < noise.length; i++) {
      // a line ends where the test says
      noise[i] = noise[i] == '\r' || noise[i] == '\n' ? (byte) 'n' : noise[i];
    }
    noise[0] = (byte) (0x80 | noise[0]);
    String head = new String(noise, StandardCharsets.ISO_8859_1) + "\r\n\r\n";
    return new Message("", "", List.of(), message.body(), false)
        .bytes(head, new byte[0], Framing.BROKEN);
  }

  /** A request line that is none, or whose target is not a path. */
  private WireRequest target(Message message) {
    String path = message.target();
    String[] targets = {
      path + " x",
      path + "\0",
      "/" + "l".repeat(30_000),
      "http://other" + path,
      "*",
      "",
      "other:443",
      path + "#part",
      "//" + path,
      "\\" + path,
      "http://[::1" + path,
      "?" + path
    };
    int at = random.nextInt(targets.length);
    Message aimed =
        new Message(
            message.method(), targets[at], message.headers(), message.body(), message.unreadable());
    return aimed.framed(at < 3 ? Framing.BROKEN : Framing.AMBIGUOUS);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
