package dev.cocolab.protocol;

import dev.cocolab.protocol.ProtocolException.Reason;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Canonical JSON as RFC 8785 (JCS) has it: UTF-8, no blanks, members sorted by UTF-16 code units,
 * the shortest escapes, numbers as ECMAScript prints them.
 */
public final class CanonicalJson {
  private static final String HEX = "0123456789abcdef";
  private static final int MAX_DEPTH = 128;

  private CanonicalJson() {}

  /**
   * The canonical bytes of a value.
   *
   * @throws ProtocolException NOT_CANONICAL for numbers beyond a double, for half surrogate pairs,
   *     and for values nested deeper than 128
   */
  public static byte[] bytes(JsonNode value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  /** The canonical text of a value; the same errors as {@link #bytes}. */
  public static String text(JsonNode value) {
    StringBuilder out = new StringBuilder(256);
    write(value, out, 0);
    return out.toString();
  }

  private static void write(JsonNode value, StringBuilder out, int depth) {
    if (depth > MAX_DEPTH) {
      throw refused("JSON is nested deeper than " + MAX_DEPTH);
    }
    switch (value.getNodeType()) {
      case OBJECT -> writeObject(value, out, depth);
      case ARRAY -> writeArray(value, out, depth);
      case STRING -> writeString(value.asString(), out);
      case NUMBER -> out.append(number(value.doubleValue()));
      case BOOLEAN -> out.append(value.booleanValue());
      case NULL -> out.append("null");
      default -> throw refused("not a JSON value: " + value.getNodeType());
    }
  }

  private static void writeObject(JsonNode value, StringBuilder out, int depth) {
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    value.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
    out.append('{');
    String separator = "";
    for (var member : sorted.entrySet()) {
      out.append(separator);
      writeString(member.getKey(), out);
      out.append(':');
      write(member.getValue(), out, depth + 1);
      separator = ",";
    }
    out.append('}');
  }

  private static void writeArray(JsonNode value, StringBuilder out, int depth) {
    out.append('[');
    String separator = "";
    for (JsonNode element : value) {
      out.append(separator);
      write(element, out, depth + 1);
      separator = ",";
    }
    out.append(']');
  }

  private static void writeString(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < 0x20) {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
          } else {
            if (Character.isHighSurrogate(c)) {
              if (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
                throw refused("half a surrogate pair in a string");
              }
              out.append(c);
              c = text.charAt(++i);
            } else if (Character.isLowSurrogate(c)) {
              throw refused("half a surrogate pair in a string");
            }
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** ECMA-262 Number::toString for radix 10, which RFC 8785 section 3.2.2.3 refers to. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw refused("a number beyond the range of a double");
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal shortest = shortest(Math.abs(value));
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - shortest.scale();
    return (value < 0 ? "-" : "") + layout(digits, exponent);
  }

  /** Double.toString of JDK 17 does not always print the shortest digits, so they are sought. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int precision = 1; precision < 17; precision++) {
      BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
  }

  private static String layout(String digits, int exponent) {
    int count = digits.length();
    if (count <= exponent && exponent <= 21) {
      return digits + "0".repeat(exponent - count);
    }
    if (0 < exponent && exponent <= 21) {
      return digits.substring(0, exponent) + "." + digits.substring(exponent);
    }
    if (-6 < exponent && exponent <= 0) {
      return "0." + "0".repeat(-exponent) + digits;
    }
    int power = exponent - 1;
    String mantissa = count == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return mantissa + "e" + (power < 0 ? "-" : "+") + Math.abs(power);
  }

  private static ProtocolException refused(String message) {
    return new ProtocolException(Reason.NOT_CANONICAL, message);
  }
}
