package dev.cocolab.garbage;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of one request and what is known about them.
 *
 * @param bytes what goes over the wire
 * @param method the method as written
 * @param target the request target as written
 * @param framing what the answer's form has to be
 * @param unreadable whether the body is none that its media type allows
 * @param upgrade whether an upgrade of the connection is asked for
 * @param illegal whether a header breaks the grammar of RFC 9110, section 5, in a way that parsers
 *     are known to let pass
 */
@SuppressWarnings("ArrayRecordComponent")
public record WireRequest(
    byte[] bytes,
    String method,
    String target,
    Framing framing,
    boolean unreadable,
    boolean upgrade,
    boolean illegal) {
  private static final int SHOWN = 600;

  /** How many answers a request has, and what becomes of the connection. */
  public enum Framing {
    /** Exactly one answer. */
    WELL_FORMED,
    /** No HTTP: exactly one refusal, and the connection closes. */
    BROKEN,
    /** Ends before its announced end: at most one answer, and the connection closes. */
    TRUNCATED,
    /** Readable in more than one way: at least one answer; more are answers to the rest. */
    AMBIGUOUS
  }

  /** Whether the answer may be a stream that goes on. */
  public boolean mayStream() {
    return target.contains("watch") || target.contains("follow") || upgrade;
  }

  /**
   * The path of the target as a careful reader takes it: percent-decoded where that can be, without
   * query.
   */
  public String path() {
    String raw = target.replaceFirst("^https?://[^/]*", "").replaceFirst("[?#].*", "");
    String decodable = raw.replaceAll("%(?![0-9A-Fa-f]{2})", "%25").replace("+", "%2B");
    return URLDecoder.decode(decodable, StandardCharsets.UTF_8);
  }

  /** The beginning of the request, with everything that is not printable escaped. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(bytes.length, SHOWN); i++) {
      char c = (char) (bytes[i] & 0xff);
      switch (c) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        default -> text.append(c < ' ' || c > '~' ? String.format("\\x%02x", (int) c) : c);
      }
    }
    return framing + " " + text + (bytes.length > SHOWN ? "... " + bytes.length + " bytes" : "");
  }
}
