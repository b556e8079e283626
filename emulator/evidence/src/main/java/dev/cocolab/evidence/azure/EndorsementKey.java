package dev.cocolab.evidence.azure;

import dev.cocolab.evidence.EvidenceException;
import dev.cocolab.evidence.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The certificate of the endorsement key in the form it arrived in; the other form is made on
 * demand.
 */
final class EndorsementKey {

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final int LINE = 64;

  private final byte[] content;
  private final boolean text;

  private EndorsementKey(byte[] content, boolean text) {
    this.content = content;
    this.text = text;
  }

  static EndorsementKey ofDer(byte[] der) {
    return new EndorsementKey(der.clone(), false);
  }

  static EndorsementKey ofPem(String pem) {
    return new EndorsementKey(pem.getBytes(StandardCharsets.UTF_8), true);
  }

  /** The first certificate of the text, or the DER as it came. */
  byte[] der() {
    if (!text) {
      return content.clone();
    }
    String pem = new String(content, StandardCharsets.UTF_8);
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END, Math.max(begin, 0));
    if (begin < 0 || end < 0) {
      throw EvidenceException.of(Refusal.VCEK_MALFORMED, "Invalid VCEK PEM");
    }
    try {
      String body = pem.substring(begin + BEGIN.length(), end);
      return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw EvidenceException.of(Refusal.VCEK_MALFORMED, "Invalid VCEK PEM");
    }
  }

  /** The text as it came, or the DER in RFC 7468 form. */
  String pem() {
    if (text) {
      return new String(content, StandardCharsets.UTF_8);
    }
    byte[] newline = {'\n'};
    String body = Base64.getMimeEncoder(LINE, newline).encodeToString(content);
    return BEGIN + "\n" + body + "\n" + END + "\n";
  }
}
