package dev.cocolab.garbage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One answer as it came over the wire.
 *
 * @param code status code
 * @param headers values by name in lower case
 * @param body the body; empty when the rest of a stream was not read
 * @param whole whether the body was read to its end
 */
@SuppressWarnings("ArrayRecordComponent")
public record WireAnswer(int code, Map<String, List<String>> headers, byte[] body, boolean whole) {

  /** First value of a header, empty when it is not there. */
  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of("")).get(0);
  }

  public boolean success() {
    return code >= 200 && code < 300;
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    String shown = text();
    return code + " " + (shown.length() > 400 ? shown.substring(0, 400) + "..." : shown);
  }
}
