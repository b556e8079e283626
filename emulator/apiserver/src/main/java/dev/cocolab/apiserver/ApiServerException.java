package dev.cocolab.apiserver;

import java.util.Objects;

/** The server cannot start. */
public final class ApiServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** Address in use or not on this machine, or certificate and key do not fit. */
    CANNOT_LISTEN
  }

  ApiServerException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
