package dev.cocolab.rego.syntax;

/**
 * One token.
 *
 * @param text the characters for words, numbers and punctuation; the content for strings and parts
 *     of templates
 * @param newlineBefore whether a line ends between the previous token and this one
 * @param spaceBefore whether anything lies between the previous token and this one
 */
record Token(Kind kind, String text, Span span, boolean newlineBefore, boolean spaceBefore) {

  enum Kind {
    WORD,
    NUMBER,
    STRING,
    PUNCTUATION,
    /** Opening of a template string; the text is empty. */
    TEMPLATE_START,
    /** Literal characters inside a template. */
    TEMPLATE_TEXT,
    /** The brace that opens an expression inside a template. */
    TEMPLATE_OPEN,
    /** The brace that closes such an expression. */
    TEMPLATE_CLOSE,
    TEMPLATE_END,
    END
  }

  boolean is(String punctuation) {
    return kind == Kind.PUNCTUATION && text.equals(punctuation);
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  /** How the token is named in error messages. */
  String description() {
    return switch (kind) {
      case END -> "end of file";
      case STRING, TEMPLATE_START, TEMPLATE_TEXT, TEMPLATE_END -> "string";
      default -> "`" + text + "`";
    };
  }
}
