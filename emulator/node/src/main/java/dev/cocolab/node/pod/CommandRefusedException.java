package dev.cocolab.node.pod;

/** A command that was not run; the message is that of the container runtime. */
public final class CommandRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the runtime's text. */
  public CommandRefusedException(String message) {
    super(message);
  }

  /** With the runtime's text and its cause. */
  public CommandRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
