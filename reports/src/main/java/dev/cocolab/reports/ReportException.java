package dev.cocolab.reports;

import java.util.Objects;

/** A report could not be made; {@link #reason()} tells why. */
public final class ReportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  ReportException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }

  /** What a caller can act on. */
  public enum Reason {
    /** The folder of the report cannot be created or written to. */
    NOT_WRITABLE,
    /** A file of earlier runs is not what it should be. */
    UNREADABLE
  }
}
