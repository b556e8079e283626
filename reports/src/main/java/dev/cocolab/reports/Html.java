package dev.cocolab.reports;

import java.util.regex.Pattern;

/**
 * Text of a page in the making. What comes from results goes in by {@link #text} and as attribute
 * values, which escape and redact; {@link #raw} is for our own markup only.
 */
final class Html {

  private static final Pattern COLOUR_CODES = Pattern.compile("\u001b\\[[0-9;]*m");

  private static final Pattern SEPARATORS = Pattern.compile("[._/-](?=[A-Za-z])");

  private final StringBuilder out = new StringBuilder();
  private final Redaction redaction;

  Html(Redaction redaction) {
    this.redaction = redaction;
  }

  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  Html text(String text) {
    out.append(escaped(redaction.of(text)));
    return this;
  }

  /** Text of a technical name, which may be broken after its separators. */
  Html name(String name) {
    out.append(SEPARATORS.matcher(escaped(redaction.of(name))).replaceAll("$0<wbr>"));
    return this;
  }

  /** Opens an element; attributes as name, value, name, value. */
  Html open(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ')
          .append(attributes[i])
          .append("=\"")
          .append(escaped(redaction.of(attributes[i + 1])))
          .append('"');
    }
    out.append('>');
    return this;
  }

  Html close(String element) {
    out.append("</").append(element).append(">\n");
    return this;
  }

  /** A whole element that holds only text. */
  Html element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close(element);
  }

  /**
   * Control characters, which HTML does not allow, become U+FFFD; a terminal's colours are dropped.
   */
  static String escaped(String text) {
    StringBuilder result = new StringBuilder(text.length() + 16);
    COLOUR_CODES
        .matcher(text.replace("\r\n", "\n"))
        .replaceAll("")
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> result.append("&amp;");
                case '<' -> result.append("&lt;");
                case '>' -> result.append("&gt;");
                case '"' -> result.append("&quot;");
                case '\'' -> result.append("&#39;");
                case '\n', '\t' -> result.append((char) c);
                default -> result.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
              }
            });
    return result.toString();
  }

  private static boolean isAllowed(int c) {
    boolean control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    boolean surrogate = c >= 0xd800 && c <= 0xdfff;
    boolean direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return !control && !surrogate && !direction;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
