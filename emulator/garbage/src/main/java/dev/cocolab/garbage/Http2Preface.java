package dev.cocolab.garbage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.SocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Speaks HTTP/2 to a server that was not asked whether it does (RFC 9113, section 3.3), and breaks
 * it at once: after the preface and settings comes a DATA frame of no stream. Whatever the server
 * speaks, the connection has to end.
 */
public final class Http2Preface {
  private static final int LIMIT_MILLIS = 10_000;
  private static final int FRAME_HEAD = 9;
  private static final int TYPE_AT = 3;
  private static final byte GOAWAY = 7;
  private static final byte[] STATUS = "HTTP/".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] SENT =
      ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
              + "\0\0\0\4\0\0\0\0\0" // empty SETTINGS
              + "\0\0\1\0\0\0\0\0\0x") // DATA of stream 0, an error of the connection (section 6.1)
          .getBytes(StandardCharsets.ISO_8859_1);

  private Http2Preface() {}

  /** How the connection ended. */
  public enum Ending {
    /** One answer in the form of HTTP/1.1 that refuses, and the end. */
    REFUSED,
    /** Frames of HTTP/2, of which the last is GOAWAY. */
    GOAWAY,
    /** The end without an answer, as a TLS server ends what is no TLS or no protocol of its own. */
    CLOSED
  }

  /**
   * Sends the preface on a new connection and reads to its end.
   *
   * @param sockets makes the socket; of TLS where the server is to be spoken to so
   * @param protocols what to offer by ALPN (RFC 7301) on a socket of TLS; none sends no offer
   * @throws WireFault when the connection does not end within ten seconds, or ends in another way
   */
  public static Ending send(SocketFactory sockets, InetSocketAddress server, String... protocols)
      throws WireFault {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (Socket socket = sockets.createSocket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(LIMIT_MILLIS);
      if (socket instanceof SSLSocket secure) {
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        secure.setSSLParameters(parameters);
      }
      socket.getOutputStream().write(SENT);
      socket.getOutputStream().flush();
      for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
        received.write(b);
      }
    } catch (SocketTimeoutException late) {
      throw new WireFault("the connection goes on after " + shown(received.toByteArray()));
    } catch (IOException ended) {
      // an alert of TLS or a reset are ends, too
    }
    return ending(received.toByteArray());
  }

  private static Ending ending(byte[] received) throws WireFault {
    if (received.length == 0 || (received[0] == 0x15 && received[1] == 3)) {
      return Ending.CLOSED;
    }
    if (ByteBuffer.wrap(received).mismatch(ByteBuffer.wrap(STATUS)) == STATUS.length) {
      return refused(received);
    }
    int last = -1;
    int at = 0;
    while (at + FRAME_HEAD <= received.length) {
      last = received[at + TYPE_AT];
      at += FRAME_HEAD + (ByteBuffer.wrap(received, at, Integer.BYTES).getInt() >>> Byte.SIZE);
    }
    if (at != received.length || last != GOAWAY) {
      throw new WireFault("the connection ends without a word: " + shown(received));
    }
    return Ending.GOAWAY;
  }

  private static Ending refused(byte[] received) throws WireFault {
    String text = new String(received, StandardCharsets.ISO_8859_1);
    boolean one = text.indexOf("HTTP/", 1) < 0;
    if (!one || !text.matches("(?s)HTTP/\\d\\.\\d [45]\\d\\d .*")) {
      throw new WireFault("no single refusal: " + shown(received));
    }
    return Ending.REFUSED;
  }

  private static String shown(byte[] received) {
    return received.length + " bytes: " + new String(received, StandardCharsets.ISO_8859_1);
  }
}
