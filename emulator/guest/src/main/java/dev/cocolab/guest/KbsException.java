package dev.cocolab.guest;

/** A failure between guest and broker, in the words of the guest's log. Stays inside the guest. */
final class KbsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean answered;

  KbsException(String message) {
    this(message, null);
  }

  KbsException(String message, Throwable cause) {
    this(message, cause, true);
  }

  private KbsException(String message, Throwable cause, boolean answered) {
    super(message, cause);
    this.answered = answered;
  }

  /** Nobody answered as an HTTP server does whom the client trusts. */
  static KbsException unanswered(String message, Throwable cause) {
    return new KbsException(message, cause, false);
  }

  /** False when nobody answered. */
  boolean answered() {
    return answered;
  }
}
