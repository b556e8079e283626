package dev.cocolab.rego.builtin;

/** A function cannot take its arguments: an error in strict evaluation, else undefined. */
public final class BuiltinException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BuiltinException(String message) {
    super(message);
  }
}
