package dev.cocolab.load;

import java.util.Objects;

/** A load that cannot be run; the message names the input and the remedy. */
public final class LoadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a caller can act on. */
  public enum Reason {
    /** An address, a certificate or a number that is none. */
    BAD_INPUT,
    /** Nobody answers at the address. */
    UNREACHABLE,
    /** The certificate of the server ends at nobody who is trusted, or is for another name. */
    UNTRUSTED,
    /** Somebody answers who does not speak the protocol of a Key Broker Service. */
    NOT_A_KBS
  }

  private final Reason reason;

  /** With a message for the user. */
  public LoadException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** With a message for the user, and what led to it. */
  public LoadException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
