package dev.cocolab.rego.builtin;

import dev.cocolab.rego.value.BooleanValue;
import dev.cocolab.rego.value.NumberValue;
import dev.cocolab.rego.value.StringValue;
import dev.cocolab.rego.value.Value;
import dev.cocolab.rego.value.ValueText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Formats text for {@code sprintf}: the verbs {@code %v %s %d %b %o %x %X %c %q %t %e %f %g %%}
 * with the flags {@code + - 0 #} and blank, width and precision.
 */
final class Formatter {

  private static final int MAX_WIDTH = 10_000;

  private final String format;
  private final List<Value> args;
  private final StringBuilder out = new StringBuilder();
  private int position;
  private int argument;

  Formatter(String format, List<Value> args) {
    this.format = format;
    this.args = args;
  }

  String format(Meter meter) {
    while (position < format.length()) {
      int before = out.length();
      char c = format.charAt(position++);
      if (c != '%') {
        out.append(c);
      } else {
        directive();
      }
      meter.charge(1 + (out.length() - before) / 8);
    }
    if (argument < args.size()) {
      out.append("%!(EXTRA ");
      for (int i = argument; i < args.size(); i++) {
        Value extra = args.get(i);
        out.append(i > argument ? ", " : "")
            .append(extra.typeName())
            .append('=')
            .append(ValueText.plain(extra));
      }
      out.append(')');
    }
    return out.toString();
  }

  private void directive() {
    String flags = span("+-# 0");
    int width = number(0);
    int precision = -1;
    if (position < format.length() && format.charAt(position) == '.') {
      position++;
      precision = number(0);
    }
    if (position >= format.length()) {
      out.append("%!(NOVERB)");
      return;
    }
    char verb = format.charAt(position++);
    if (verb == '%') {
      out.append('%');
    } else if (argument >= args.size()) {
      out.append("%!").append(verb).append("(MISSING)");
    } else {
      pad(render(verb, args.get(argument++), flags, precision), flags, width);
    }
  }

  private String span(String characters) {
    int start = position;
    while (position < format.length() && characters.indexOf(format.charAt(position)) >= 0) {
      position++;
    }
    return format.substring(start, position);
  }

  private int number(int fallback) {
    String digits = span("0123456789");
    if (digits.length() > 5 || (!digits.isEmpty() && Integer.parseInt(digits) > MAX_WIDTH)) {
      throw new BuiltinException("width or precision exceeds " + MAX_WIDTH);
    }
    return digits.isEmpty() ? fallback : Integer.parseInt(digits);
  }

  private void pad(String text, String flags, int width) {
    int missing = width - text.codePointCount(0, text.length());
    if (missing <= 0) {
      out.append(text);
    } else if (flags.contains("-")) {
      out.append(text).append(" ".repeat(missing));
    } else if (flags.contains("0")) {
      int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
      out.append(text, 0, sign).append("0".repeat(missing)).append(text.substring(sign));
    } else {
      out.append(" ".repeat(missing)).append(text);
    }
  }

  private static String render(char verb, Value value, String flags, int precision) {
    return switch (verb) {
      case 'v' -> signed(ValueText.plain(value), value, flags);
      case 's' -> cut(ValueText.plain(value), precision);
      case 'q' -> ValueText.of(new StringValue(ValueText.plain(value)));
      case 't' -> value instanceof BooleanValue ? value.toString() : bad(verb, value);
      case 'd', 'b', 'o', 'x', 'X', 'c' -> integer(verb, value, flags);
      case 'e', 'E', 'f', 'F', 'g', 'G' ->
          value instanceof NumberValue number
              ? signed(real(verb, number.decimal(), precision), value, flags)
              : bad(verb, value);
      default -> bad(verb, value);
    };
  }

  private static String cut(String text, int precision) {
    return precision >= 0 && precision < text.codePointCount(0, text.length())
        ? text.substring(0, text.offsetByCodePoints(0, precision))
        : text;
  }

  private static String integer(char verb, Value value, String flags) {
    if (value instanceof StringValue string && (verb == 'x' || verb == 'X')) {
      String hex = HexFormat.of().formatHex(string.value().getBytes(StandardCharsets.UTF_8));
      return verb == 'X' ? hex.toUpperCase(Locale.ROOT) : hex;
    }
    if (!(value instanceof NumberValue number) || !number.isInteger()) {
      return bad(verb, value);
    }
    BigInteger integer = number.toBigInteger();
    String text =
        switch (verb) {
          case 'b' -> integer.toString(2);
          case 'o' -> integer.toString(8);
          case 'x' -> integer.toString(16);
          case 'X' -> integer.toString(16).toUpperCase(Locale.ROOT);
          case 'c' ->
              number.fitsInt() && Character.isValidCodePoint(number.toInt())
                  ? Character.toString(number.toInt())
                  : "\uFFFD";
          default -> integer.toString();
        };
    return signed(text, value, flags);
  }

  private static String signed(String text, Value value, String flags) {
    if (!(value instanceof NumberValue) || text.startsWith("-")) {
      return text;
    }
    return flags.contains("+") ? "+" + text : flags.contains(" ") ? " " + text : text;
  }

  private static String real(char verb, BigDecimal number, int precision) {
    int digits = precision < 0 ? 6 : precision;
    return switch (verb) {
      case 'f', 'F' -> number.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
      case 'e', 'E' ->
          String.format(Locale.ROOT, "%." + digits + (verb == 'e' ? "e" : "E"), number);
      default ->
          precision < 0
              ? new NumberValue(number).toString()
              : number
                  .round(new java.math.MathContext(Math.max(1, precision)))
                  .stripTrailingZeros()
                  .toPlainString();
    };
  }

  private static String bad(char verb, Value value) {
    return "%!" + verb + "(" + value.typeName() + "=" + ValueText.plain(value) + ")";
  }
}
