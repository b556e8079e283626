package dev.cocolab.peers;

import java.util.Objects;

/** A peer cannot be started, or cannot be reached. */
public final class PeerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** {@code KUBE_ASSETS} names a folder in which a program is missing. */
    ASSETS_INCOMPLETE,
    /** A program ended before it was ready. */
    ENDED,
    /** A program was not ready in time. */
    NOT_READY,
    /** Keys, certificates or files cannot be made. */
    NOT_PREPARED
  }

  PeerException(Reason reason, String message) {
    this(reason, message, null);
  }

  PeerException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  public Reason reason() {
    return reason;
  }
}
