package dev.cocolab.rego.syntax;

import dev.cocolab.rego.RegoException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tokens of a module with a cursor, the keywords in force and the nesting reached. */
final class TokenStream {

  private static final Set<String> RESERVED =
      Set.of(
          "as", "default", "else", "false", "import", "package", "not", "null", "some", "true",
          "with");

  private final Source source;
  private final List<Token> tokens;
  private final Set<String> keywords = new HashSet<>(RESERVED);
  private int cursor;
  private int nesting;

  TokenStream(Source source) {
    this.source = source;
    this.tokens = Lexer.tokens(source);
  }

  Source source() {
    return source;
  }

  void enable(String keyword) {
    keywords.add(keyword);
  }

  /** Whether the next token is this keyword, and the keyword is in force. */
  boolean atKeyword(String keyword) {
    return peek().isWord(keyword) && isKeyword(0);
  }

  /** Whether the token is a keyword here; one that heads a reference ({@code if.x}) is a name. */
  boolean isKeyword(int ahead) {
    Token token = peek(ahead);
    if (token.kind() != Token.Kind.WORD || !keywords.contains(token.text())) {
      return false;
    }
    Token after = peek(ahead + 1);
    boolean names = after.is(".") || (after.is("(") && token.text().equals("contains"));
    return !names || after.spaceBefore();
  }

  boolean takeKeyword(String keyword) {
    if (!atKeyword(keyword)) {
      return false;
    }
    cursor++;
    return true;
  }

  Token peek() {
    return peek(0);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(cursor + ahead, tokens.size() - 1));
  }

  Token take() {
    Token token = peek();
    cursor++;
    return token;
  }

  boolean at(String punctuation) {
    return peek().is(punctuation);
  }

  /** Whether the punctuation follows without white space. */
  boolean atAdjacent(String punctuation) {
    return at(punctuation) && !peek().spaceBefore();
  }

  boolean takeIf(String punctuation) {
    if (!at(punctuation)) {
      return false;
    }
    cursor++;
    return true;
  }

  Token expect(String punctuation) {
    if (!at(punctuation)) {
      throw unexpected("`" + punctuation + "`");
    }
    return take();
  }

  Token expectWord(String what) {
    if (peek().kind() != Token.Kind.WORD) {
      throw unexpected(what);
    }
    return take();
  }

  /** The end of the token before the cursor. */
  Span previous() {
    return tokens.get(Math.max(0, Math.min(cursor, tokens.size()) - 1)).span();
  }

  /** Enters one level of nesting; refuses too many. */
  void enter() {
    if (++nesting > Parser.MAX_NESTING) {
      throw error("expression nests more than " + Parser.MAX_NESTING + " levels");
    }
  }

  void leave() {
    nesting--;
  }

  RegoException unexpected(String expected) {
    return error("expected " + expected + ", found " + peek().description());
  }

  RegoException error(String message) {
    return source.error(peek().span().start(), message);
  }
}
