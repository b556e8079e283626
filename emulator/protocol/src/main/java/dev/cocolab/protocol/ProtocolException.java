package dev.cocolab.protocol;

import java.util.Objects;

/** A message, key or encrypted answer that does not have the form the protocol asks for. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong. */
  public enum Reason {
    /** Not JSON, or a member is missing or of the wrong type. */
    MALFORMED,
    /** A value that canonical JSON (RFC 8785) cannot express. */
    NOT_CANONICAL,
    /** A key type, curve or algorithm that is not supported. */
    UNSUPPORTED_KEY,
    /** A key whose numbers are wrong: bad base64url, wrong length, not on its curve. */
    BAD_KEY,
    /** An encrypted answer that does not open with this key, or was changed on the way. */
    UNDECRYPTABLE,
    /** A resource URI or path that is not one. */
    BAD_URI
  }

  private final Reason reason;

  /** Makes an exception with a text for users. */
  public ProtocolException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Makes an exception with a text for users and its cause. */
  public ProtocolException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** What was wrong, for callers that act on it. */
  public Reason reason() {
    return reason;
  }
}
