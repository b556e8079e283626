package dev.cocolab.apiserver;

import java.util.Objects;

/** The server cannot start, or cannot keep a change. */
public final class ApiServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** Address in use or not on this machine, or certificate and key do not fit. */
    CANNOT_LISTEN,
    /** Another process works on the data folder. */
    DATA_IN_USE,
    /** The data folder was written in another format. */
    DATA_OTHER_VERSION,
    /** The data folder is damaged, and not only at its unfinished end. */
    DATA_CORRUPT,
    /** The data folder cannot be read or written. */
    DATA_UNUSABLE
  }

  public ApiServerException(Reason reason, String message) {
    this(reason, message, null);
  }

  public ApiServerException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
