package dev.cocolab.tee;

import java.util.Objects;

/** The emulated hardware cannot do what was asked. */
public final class TeeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The VM size has no confidential hardware, or the name is none of Azure's. */
    NOT_CONFIDENTIAL,
    /** The VM size has hardware that is not emulated. */
    NOT_EMULATED,
    /** The register does not accept extends from a guest, or does not exist. */
    PCR_NOT_EXTENDABLE,
    /** A digest or other value has another size than the hardware takes. */
    VALUE_SIZE,
    /** The VM has been closed. */
    CLOSED,
    /** The directory with the platform's keys cannot be used. */
    PLATFORM_KEYS,
    /** The evidence has no field of this name. */
    FIELD_UNKNOWN,
    /** The field has no place of its own in the evidence as it is sent. */
    FIELD_FIXED,
    /** The value is not one that the field can be given. */
    FIELD_VALUE,
    /** The evidence is not of the kind it is said to be. */
    EVIDENCE_MALFORMED,
    /** The machine has no key to sign this with. */
    KEY_ABSENT
  }

  private final Reason reason;

  public TeeException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public TeeException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The machine-readable reason. */
  public Reason reason() {
    return reason;
  }
}
