package dev.cocolab.tee.tamper;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The first certificate of a PEM text (RFC 7468). */
final class PemChain {

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final int LINE = 64;

  private PemChain() {}

  /** DER of the first certificate; empty if there is none. */
  static Optional<byte[]> first(String pem) {
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END, Math.max(begin, 0));
    if (begin < 0 || end < 0) {
      return Optional.empty();
    }
    try {
      String body = pem.substring(begin + BEGIN.length(), end).replaceAll("\\s", "");
      return Optional.of(Base64.getDecoder().decode(body));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** One certificate as PEM, without a newline at its end. */
  static String write(byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII));
    return BEGIN + "\n" + encoder.encodeToString(der) + "\n" + END;
  }

  /** The text with another certificate in the place of its first one. */
  static String withFirst(String pem, byte[] der) {
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END, begin) + END.length();
    return pem.substring(0, begin) + write(der) + pem.substring(end);
  }
}
