package dev.cocolab.operators;

import java.util.Objects;

/**
 * A controller could not do what it was asked for; {@link #reason()} tells which kind of obstacle
 * it met.
 */
public final class OperatorException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public OperatorException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public OperatorException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }

  /** The obstacles a caller can act on. */
  public enum Reason {
    /** An option, argument or environment variable is missing or unusable. */
    CONFIGURATION,
    /**
     * The API server does not serve a kind that the controller lives on, for example because its
     * CRD is not installed.
     */
    KIND_NOT_SERVED,
    /** The API server did not answer in time while the controller started. */
    START_TIMEOUT,
    /** An object names a ConfigMap, Secret or volume claim that does not exist. */
    MISSING_REFERENCE,
    /** An object cannot be read as what it should be. */
    INVALID_OBJECT,
    /** The API server refused a request. */
    API
  }
}
