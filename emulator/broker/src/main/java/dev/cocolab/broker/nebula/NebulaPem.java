package dev.cocolab.broker.nebula;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The PEM files of Nebula. */
final class NebulaPem {
  static final String CERTIFICATE = "NEBULA CERTIFICATE";
  static final String AUTHORITY_KEY = "NEBULA ED25519 PRIVATE KEY";
  static final String NODE_KEY = "NEBULA X25519 PRIVATE KEY";

  private static final int LINE = 64;

  private NebulaPem() {}

  static String write(String label, byte[] content) {
    String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  /**
   * Reads the first part of a file, which must have this label.
   *
   * @throws BrokerException KEY naming the file
   */
  static byte[] read(String name, String label, String pem) {
    String begin = "-----BEGIN " + label + "-----";
    int start = pem.indexOf(begin);
    int end = pem.indexOf("-----END " + label + "-----");
    if (start >= 0 && end > start) {
      try {
        String body = pem.substring(start + begin.length(), end);
        return Base64.getMimeDecoder().decode(body.getBytes(StandardCharsets.US_ASCII));
      } catch (IllegalArgumentException e) {
        throw new BrokerException(Reason.KEY, name + ": not PEM", e);
      }
    }
    throw new BrokerException(Reason.KEY, name + ": no " + label + " in this file");
  }
}
