package dev.cocolab.rego.syntax;

import dev.cocolab.rego.RegoException;
import java.util.ArrayList;
import java.util.List;

/** Splits a source text into tokens. */
final class Lexer {

  private static final List<String> TWO_CHARACTERS = List.of(":=", "==", "!=", "<=", ">=");
  private static final String ONE_CHARACTER = "{}[]().,;:|&=<>+-*/%";

  private final Source source;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private boolean newline;
  private boolean space;
  private int templateDepth;

  private Lexer(Source source) {
    this.source = source;
    this.text = source.text();
  }

  /** All tokens, the last of kind END. */
  static List<Token> tokens(Source source) {
    Lexer lexer = new Lexer(source);
    if (lexer.text.startsWith("\uFEFF")) {
      lexer.position = 1;
    }
    while (lexer.skipBlanks()) {
      lexer.next();
    }
    lexer.add(Token.Kind.END, "", lexer.position);
    return lexer.tokens;
  }

  private boolean skipBlanks() {
    while (position < text.length()) {
      char c = text.charAt(position);
      if (c == '\n') {
        newline = true;
      } else if (c == '#') {
        int end = text.indexOf('\n', position);
        space = true;
        position = end < 0 ? text.length() : end;
        continue;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return true;
      }
      space = true;
      position++;
    }
    return false;
  }

  private void add(Token.Kind kind, String content, int start) {
    tokens.add(new Token(kind, content, new Span(start, position), newline, space));
    newline = false;
    space = false;
  }

  private void next() {
    int start = position;
    char c = text.charAt(position);
    if (isWordStart(c)) {
      while (position < text.length() && isWordPart(text.charAt(position))) {
        position++;
      }
      add(Token.Kind.WORD, text.substring(start, position), start);
    } else if (isDigit(c)) {
      number(start);
    } else if (c == '"') {
      position++;
      add(Token.Kind.STRING, new StringScanner(source).quoted(this::advance, position), start);
    } else if (c == '`') {
      position++;
      add(Token.Kind.STRING, raw(start), start);
    } else if (c == '$' && position + 1 < text.length() && isQuote(text.charAt(position + 1))) {
      template(start);
    } else {
      punctuation(start, c);
    }
  }

  private void advance(int to) {
    position = to;
  }

  private void punctuation(int start, char c) {
    for (String two : TWO_CHARACTERS) {
      if (text.startsWith(two, position)) {
        position += 2;
        add(Token.Kind.PUNCTUATION, two, start);
        return;
      }
    }
    if (ONE_CHARACTER.indexOf(c) < 0) {
      String shown =
          Character.isISOControl(c)
              ? String.format("U+%04X", (int) c)
              : new String(Character.toChars(text.codePointAt(position)));
      throw source.error(position, "illegal character `" + shown + "`");
    }
    position++;
    add(Token.Kind.PUNCTUATION, String.valueOf(c), start);
  }

  private void number(int start) {
    digits();
    if (text.charAt(start) == '0' && position - start > 1) {
      throw source.error(start, "a number must not start with 0");
    }
    if (peek() == '.' && position + 1 < text.length() && isDigit(text.charAt(position + 1))) {
      position++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      position++;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      if (!isDigit(peek())) {
        throw source.error(position, "expected a digit in the exponent");
      }
      digits();
    }
    if (isWordStart(peek())) {
      throw source.error(position, "expected the number to end");
    }
    add(Token.Kind.NUMBER, text.substring(start, position), start);
  }

  private void digits() {
    while (isDigit(peek())) {
      position++;
    }
  }

  private char peek() {
    return position < text.length() ? text.charAt(position) : '\0';
  }

  private String raw(int start) {
    int end = text.indexOf('`', position);
    if (end < 0) {
      throw source.error(start, "unterminated raw string");
    }
    String content = text.substring(position, end).replace("\r", "");
    position = end + 1;
    return content;
  }

  private void template(int start) {
    if (++templateDepth > Parser.MAX_NESTING) {
      throw source.error(start, "templates nest too deeply");
    }
    char quote = text.charAt(position + 1);
    position += 2;
    add(Token.Kind.TEMPLATE_START, "", start);
    StringScanner scanner = new StringScanner(source);
    while (true) {
      int textStart = position;
      String content = scanner.templateText(this::advance, position, quote);
      if (!content.isEmpty()) {
        add(Token.Kind.TEMPLATE_TEXT, content, textStart);
      }
      char stop = text.charAt(position++);
      if (stop == quote) {
        add(Token.Kind.TEMPLATE_END, "", position - 1);
        templateDepth--;
        return;
      }
      add(Token.Kind.TEMPLATE_OPEN, "{", position - 1);
      templateExpression(start);
    }
  }

  /** Tokens up to the brace that closes the expression. */
  private void templateExpression(int start) {
    int open = 0;
    while (skipBlanks()) {
      char c = text.charAt(position);
      if (c == '}' && open == 0) {
        position++;
        add(Token.Kind.TEMPLATE_CLOSE, "}", position - 1);
        return;
      }
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      next();
    }
    throw source.error(RegoException.Reason.PARSE, start, "unterminated template string");
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '`';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isWordStart(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c);
  }
}
