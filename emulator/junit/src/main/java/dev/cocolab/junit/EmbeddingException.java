package dev.cocolab.junit;

import java.util.Objects;

/** A test double cannot start or be changed; the message names the cause. */
public final class EmbeddingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The home folder, or that for temporary files, cannot be used. */
    HOME_UNUSABLE,
    /** The broker ended instead of listening. */
    BROKER_NOT_STARTED,
    /** A resource path, a policy or a reference value is not one. */
    BAD_ARGUMENT
  }

  private final Reason reason;

  EmbeddingException(Reason reason, String message) {
    this(reason, message, null);
  }

  EmbeddingException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
