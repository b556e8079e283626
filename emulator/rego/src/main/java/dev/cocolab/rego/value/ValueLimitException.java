package dev.cocolab.rego.value;

/** A value would exceed a limit on nesting, members or digits. */
public final class ValueLimitException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ValueLimitException(String message) {
    super(message);
  }
}
