package dev.cocolab.node;

import java.util.Objects;

/** The node cannot start or has no room. */
public final class NodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Reason {
    /** No free pod address is left. */
    ADDRESSES_EXHAUSTED,
    /** The kubelet's endpoint cannot listen. */
    ENDPOINT,
    /** A directory cannot be used. */
    DIRECTORY,
    /** The API server refuses the node. */
    REGISTRATION
  }

  private final Reason reason;

  /** With a sentence for people. */
  public NodeException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** With a sentence for people and what the platform reported. */
  public NodeException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The machine-readable reason. */
  public Reason reason() {
    return reason;
  }
}
