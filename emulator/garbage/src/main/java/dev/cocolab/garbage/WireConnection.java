package dev.cocolab.garbage;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/** A connection that sends any bytes and reads answers strictly (RFC 9112). */
public final class WireConnection implements AutoCloseable {
  private static final int MAX_LINE = 64 * 1024;
  private static final int MAX_BODY = 64 * 1024 * 1024;

  private static final Pattern STATUS = Pattern.compile("[A-Z]+/\\d\\.\\d [1-5]\\d\\d( [ -~]*)?");
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private final Socket socket;
  private final InputStream in;
  private boolean ended;

  /**
   * Connects.
   *
   * @param sockets makes the socket; of TLS where the server speaks it
   * @param limit longest wait for each piece of an answer
   */
  public WireConnection(SocketFactory sockets, InetSocketAddress server, Duration limit)
      throws IOException {
    socket = sockets.createSocket(server.getAddress(), server.getPort());
    socket.setSoTimeout((int) limit.toMillis());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends; a server that has answered already may have closed, which is no failure here. */
  public void send(byte[] bytes) throws IOException {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (SocketException closed) {
      // what was answered before is still to be read
    }
  }

  /** Sends no more. */
  public void endOutput() throws IOException {
    try {
      socket.shutdownOutput();
    } catch (SocketException closed) {
      // the server was first
    }
  }

  /**
   * The next answer, without the interim ones; empty when the connection has ended instead.
   *
   * @param method of the request, which decides whether there is a body
   * @param streams whether the body of a success may go on for ever and is not read
   * @throws WireFault when nothing comes in time or what comes is no HTTP
   */
  public Optional<WireAnswer> answer(String method, boolean streams) throws WireFault {
    try {
      while (true) {
        Optional<WireAnswer> answer = one(method, streams);
        if (answer.isEmpty() || answer.get().code() >= 200 || answer.get().code() == 101) {
          return answer;
        }
      }
    } catch (SocketTimeoutException late) {
      throw new WireFault("no answer in time");
    } catch (IOException reset) {
      return Optional.empty();
    }
  }

  private Optional<WireAnswer> one(String method, boolean streams) throws IOException, WireFault {
    String status = line();
    if (status.isEmpty()) {
      return Optional.empty();
    }
    if (!STATUS.matcher(status).matches()) {
      throw new WireFault("no status line: " + status);
    }
    int code = Integer.parseInt(status.substring(status.indexOf(' ') + 1, status.indexOf(' ') + 4));
    Map<String, List<String>> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon < 1 || !NAME.matcher(line.substring(0, colon)).matches()) {
        throw new WireFault("no header: " + line);
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    // such a connection ends after the answer (RFC 9112, section 9.3); one that is kept is late
    boolean old = status.startsWith("HTTP/1.0");
    boolean bodyless = code < 200 || code == 204 || code == 304 || method.equals("HEAD");
    if (bodyless || (streams && code < 300 && !headers.containsKey("content-length"))) {
      return Optional.of(new WireAnswer(code, headers, new byte[0], bodyless));
    }
    return Optional.of(new WireAnswer(code, headers, body(headers, old), true));
  }

  private byte[] body(Map<String, List<String>> headers, boolean old)
      throws IOException, WireFault {
    List<String> lengths = headers.getOrDefault("content-length", List.of());
    List<String> encodings = headers.getOrDefault("transfer-encoding", List.of());
    if (lengths.size() + encodings.size() > 1) {
      throw new WireFault("two lengths: " + headers);
    }
    if (!encodings.isEmpty()) {
      return chunks();
    }
    boolean closes =
        old
            || headers.getOrDefault("connection", List.of()).stream()
                .anyMatch("close"::equalsIgnoreCase);
    if (lengths.isEmpty() && closes) {
      ended = true;
      return in.readAllBytes();
    }
    if (lengths.isEmpty()) {
      throw new WireFault("an answer without a length: " + headers);
    }
    return exactly(Integer.parseInt(lengths.get(0)));
  }

  private byte[] chunks() throws IOException, WireFault {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(), 16);
      body.writeBytes(exactly(size));
      String end = line();
      if (!end.isEmpty()) {
        throw new WireFault("no end of a chunk: " + end);
      }
      if (size == 0) {
        return body.toByteArray();
      }
      if (body.size() > MAX_BODY) {
        throw new WireFault("an answer without an end");
      }
    }
  }

  private byte[] exactly(int size) throws IOException, WireFault {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new WireFault("an answer ends after " + bytes.length + " of " + size + " bytes");
    }
    return bytes;
  }

  private String line() throws IOException, WireFault {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r")) {
          throw new WireFault("a line without CR: " + text);
        }
        return text.substring(0, text.length() - 1);
      }
      line.write(b);
      if (line.size() > MAX_LINE) {
        throw new WireFault("a line without an end");
      }
    }
    if (line.size() > 0) {
      throw new WireFault("the connection ends within a line: " + line);
    }
    return "";
  }

  /** Whether the end of the connection was the end of an answer. */
  public boolean ended() {
    return ended;
  }

  /** Whether there is something to read although nothing was asked. */
  public boolean hasMore() throws IOException {
    return in.available() > 0;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      // nothing is left to close
    }
  }
}
