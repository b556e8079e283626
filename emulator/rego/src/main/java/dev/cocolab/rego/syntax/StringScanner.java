package dev.cocolab.rego.syntax;

import java.util.function.IntConsumer;

/** Reads the inside of strings and templates, with JSON's escapes. */
final class StringScanner {

  private final Source source;
  private final String text;

  StringScanner(Source source) {
    this.source = source;
    this.text = source.text();
  }

  /**
   * Reads up to and including the closing double quote.
   *
   * @param advance receives the offset after the quote
   * @param from offset after the opening quote
   */
  String quoted(IntConsumer advance, int from) {
    StringBuilder out = new StringBuilder();
    int i = from;
    while (true) {
      char c = at(i, from, "\"");
      if (c == '"') {
        advance.accept(i + 1);
        return out.toString();
      }
      i = c == '\\' ? escape(out, i, false) : plain(out, i, c);
    }
  }

  /**
   * Reads the literal part of a template up to, but without, the closing quote or an opening brace.
   *
   * @param advance receives the offset of that quote or brace
   */
  String templateText(IntConsumer advance, int from, char quote) {
    StringBuilder out = new StringBuilder();
    int i = from;
    while (true) {
      char c = quote == '`' ? rawAt(i, from) : at(i, from, "template");
      if (c == quote || c == '{') {
        advance.accept(i);
        return out.toString();
      }
      if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == '{') {
        out.append('{');
        i += 2;
      } else if (c == '\\' && quote == '"') {
        i = escape(out, i, true);
      } else {
        i = plain(out, i, c);
      }
    }
  }

  private char rawAt(int i, int from) {
    if (i >= text.length()) {
      throw source.error(from - 1, "unterminated template string");
    }
    return text.charAt(i);
  }

  private char at(int i, int from, String what) {
    if (i >= text.length() || text.charAt(i) == '\n') {
      throw source.error(
          from - 1,
          what.equals("template") ? "unterminated template string" : "unterminated string");
    }
    return text.charAt(i);
  }

  private int plain(StringBuilder out, int i, char c) {
    out.append(c);
    return i + 1;
  }

  private int escape(StringBuilder out, int i, boolean template) {
    char c = i + 1 < text.length() ? text.charAt(i + 1) : '\n';
    switch (c) {
      case '"', '\\', '/' -> out.append(c);
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'u' -> {
        return unicode(out, i);
      }
      default -> {
        if (template && c == '}') {
          out.append(c);
        } else {
          throw source.error(i, "invalid escape sequence in string");
        }
      }
    }
    return i + 2;
  }

  private int unicode(StringBuilder out, int i) {
    int end = i + 6;
    if (end > text.length()) {
      throw source.error(i, "invalid escape sequence in string");
    }
    int code = 0;
    for (int k = i + 2; k < end; k++) {
      int digit = Character.digit(text.charAt(k), 16);
      if (digit < 0 || text.charAt(k) > 'f') {
        throw source.error(i, "invalid escape sequence in string");
      }
      code = code * 16 + digit;
    }
    out.append((char) code);
    return end;
  }
}
