package dev.cocolab.rego.value;

/** Values as text in the language's own notation: JSON, plus sets. */
public final class ValueText {

  private ValueText() {}

  /** The value as a literal, for example {@code {"a": [1, 2]}}; sets as {@code {1, 2}}. */
  public static String of(Value value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  /** As {@link #of}, but a string at the top appears without quotes. */
  public static String plain(Value value) {
    return value instanceof StringValue s ? s.value() : of(value);
  }

  private static void append(StringBuilder out, Value value) {
    if (value instanceof ObjectValue object) {
      out.append('{');
      int start = out.length();
      object.visit(
          (key, member) -> {
            if (out.length() > start) {
              out.append(", ");
            }
            append(out, key);
            out.append(": ");
            append(out, member);
            return false;
          });
      out.append('}');
    } else if (value instanceof SetValue set && set.size() == 0) {
      out.append("set()");
    } else if (value instanceof SetValue || value instanceof ArrayValue) {
      char open = value instanceof SetValue ? '{' : '[';
      out.append(open);
      int start = out.length();
      value.visit(
          (key, member) -> {
            if (out.length() > start) {
              out.append(", ");
            }
            append(out, member);
            return false;
          });
      out.append(value instanceof SetValue ? '}' : ']');
    } else {
      out.append(value);
    }
  }

  /** The text in double quotes with JSON's escapes. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
