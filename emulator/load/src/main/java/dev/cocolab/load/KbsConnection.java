package dev.cocolab.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * One connection to a broker, HTTP/1.1 with or without TLS. Written on sockets, because the clients
 * at hand pool connections and resume TLS sessions, and tell neither when a connection began nor
 * what it cost. Used by one thread at a time; only {@link #close} may come from another.
 */
final class KbsConnection implements AutoCloseable {
  private static final String USER_AGENT = "attestation-agent-kbs-client/0.1.0";

  private final KbsAddress address;
  private final Socket socket;
  private final DeadlineStream deadline;
  private final InputStream in;
  private final Duration timeout;
  private long bytes;
  private boolean usable = true;

  private KbsConnection(KbsAddress address, Socket socket, Duration timeout) throws IOException {
    this.address = address;
    this.socket = socket;
    this.timeout = timeout;
    this.deadline = new DeadlineStream(socket);
    this.in = new BufferedInputStream(deadline);
  }

  /** What the server showed in its TLS handshake. */
  record Shown(String protocol, String cipherSuite, List<Certificate> chain) {
    Shown {
      chain = List.copyOf(chain);
    }
  }

  /** Connects; a whole TLS handshake where the address asks for TLS, with the name verified. */
  static KbsConnection open(KbsAddress address, ServerTrust trust, Duration timeout)
      throws AttemptFailure {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      connect(socket, address, timeout);
      if (address.tls()) {
        socket = handshake(socket, address, trust, timeout);
      }
      return new KbsConnection(address, socket, timeout);
    } catch (IOException e) {
      closeQuietly(socket);
      throw failure(e, address, true);
    }
  }

  private static void connect(Socket socket, KbsAddress address, Duration timeout)
      throws IOException {
    InetAddress host = InetAddress.getByName(address.host());
    socket.connect(new InetSocketAddress(host, address.port()), (int) timeout.toMillis());
  }

  private static Socket handshake(
      Socket plain, KbsAddress address, ServerTrust trust, Duration timeout) throws IOException {
    plain.setSoTimeout((int) timeout.toMillis());
    SSLSocket socket =
        (SSLSocket)
            trust
                .context()
                .getSocketFactory()
                .createSocket(plain, address.host(), address.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      closeQuietly(socket);
      throw e;
    }
    return socket;
  }

  /** Sends a request and reads its answer, which both have to be over within the time-out. */
  HttpAnswer exchange(String method, String path, Map<String, String> headers, byte[] body)
      throws AttemptFailure {
    deadline.end = System.nanoTime() + timeout.toNanos();
    usable = false;
    try {
      byte[] request = request(method, path, headers, body);
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
      bytes += request.length;
      HttpAnswer answer = HttpAnswer.read(in);
      usable = answer.keepsOpen();
      return answer;
    } catch (IOException e) {
      throw failure(e, address, false);
    }
  }

  private byte[] request(String method, String path, Map<String, String> headers, byte[] body) {
    StringBuilder head = new StringBuilder(256);
    head.append(method).append(' ').append(address.base()).append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(address.authority()).append("\r\n");
    head.append("User-Agent: ").append(USER_AGENT).append("\r\nAccept: */*\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (method.equals("POST")) {
      head.append("Content-Type: application/json\r\n");
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(head.length() + 2 + body.length);
    out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static AttemptFailure failure(IOException e, KbsAddress address, boolean connecting) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (e instanceof SocketTimeoutException) {
      String what = connecting ? "no connection" : "no answer";
      return new AttemptFailure(AttemptFailure.TIMEOUT, what + " within the time-out", e);
    }
    if (e instanceof UnknownHostException) {
      return new AttemptFailure(AttemptFailure.CONNECT, "there is no host " + address.host(), e);
    }
    if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
      return new AttemptFailure(AttemptFailure.CONNECT, text, e);
    }
    if (e instanceof SSLException) {
      return new AttemptFailure(AttemptFailure.TLS, text, e);
    }
    if (e instanceof HttpAnswer.Malformed) {
      return new AttemptFailure(AttemptFailure.PROTOCOL, text, e);
    }
    return new AttemptFailure(
        AttemptFailure.CLOSED, "the server closed the connection (" + text + ")", e);
  }

  /** Whether another request can be sent. */
  boolean isUsable() {
    return usable && !socket.isClosed();
  }

  /** Bytes of HTTP in both directions since it was opened. */
  long bytes() {
    return bytes + deadline.read;
  }

  /** What the server showed; empty without TLS. */
  Optional<Shown> shown() {
    if (!(socket instanceof SSLSocket tls)) {
      return Optional.empty();
    }
    SSLSession session = tls.getSession();
    try {
      return Optional.of(
          new Shown(
              session.getProtocol(),
              session.getCipherSuite(),
              List.of(session.getPeerCertificates())));
    } catch (SSLException e) {
      return Optional.empty(); // a suite without certificates, which Java does not offer
    }
  }

  @Override
  public void close() {
    closeQuietly(socket);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no more use either way.
    }
  }

  /** Reads with one deadline for many reads, so that a trickle does not outlive it. */
  private static final class DeadlineStream extends FilterInputStream {
    private final Socket socket;
    private long end;
    private long read;

    DeadlineStream(Socket socket) throws IOException {
      super(socket.getInputStream());
      this.socket = socket;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new SocketTimeoutException("the time is over");
      }
      socket.setSoTimeout((int) left);
      int count = super.read(buffer, offset, length);
      read += Math.max(count, 0);
      return count;
    }
  }
}
