package dev.cocolab.guest;

/** A failure between guest and broker, in the words of the guest's log. Stays inside the guest. */
final class KbsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  KbsException(String message) {
    super(message);
  }

  KbsException(String message, Throwable cause) {
    super(message, cause);
  }
}
