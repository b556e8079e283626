package dev.cocolab.broker;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The parts of a request line and of the cookie header. */
final class RequestTarget {
  static final String PREFIX = "/kbs/v0/";

  private RequestTarget() {}

  /** What follows the prefix, percent-decoded; empty for any other path. */
  static Optional<String> apiPath(String rawPath) {
    return rawPath.startsWith(PREFIX)
        ? Optional.of(decode(rawPath.substring(PREFIX.length()), false))
        : Optional.empty();
  }

  /** A form-urlencoded query; the last member of a name counts. */
  static Map<String, String> query(String rawQuery) {
    Map<String, String> out = new LinkedHashMap<>();
    if (rawQuery == null || rawQuery.isEmpty()) {
      return out;
    }
    for (String member : rawQuery.split("&", -1)) {
      if (!member.isEmpty()) {
        int equals = member.indexOf('=');
        String name = equals < 0 ? member : member.substring(0, equals);
        String value = equals < 0 ? "" : member.substring(equals + 1);
        out.put(decode(name, true), decode(value, true));
      }
    }
    return out;
  }

  /** The value of a cookie in a header, the first of its name. */
  static Optional<String> cookie(String header, String name) {
    if (header == null) {
      return Optional.empty();
    }
    for (String part : header.split(";", -1)) {
      String pair = part.strip();
      if (pair.startsWith(name + "=")) {
        return Optional.of(pair.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }

  private static String decode(String text, boolean plusIsBlank) {
    if (text.indexOf('%') < 0 && !(plusIsBlank && text.indexOf('+') >= 0)) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high >= 0 ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && low >= 0) {
        out.write(high << 4 | low);
        i += 2;
      } else {
        out.write(plusIsBlank && bytes[i] == '+' ? ' ' : bytes[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
