package dev.cocolab.guest;

import java.util.Objects;

/**
 * A guest refuses or fails. The message says what happened in full, down to the URL that did not
 * answer; {@link #eventText()} is what a user of the cluster sees, which is less.
 */
public final class GuestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /**
     * The attestation agent or the data hub ends at start, so that the VM's agent never comes up.
     */
    COMPONENT_START,
    /** The agent's policy does not load, so that the agent ends. */
    AGENT_POLICY,
    /** A resource was not delivered: refused, missing, or no broker. */
    RESOURCE,
    /** A sealed secret that cannot be exchanged for what it points to. */
    UNSEAL,
    /** The client for the broker cannot be made from the configuration. */
    KBS_CLIENT,
    /** Nobody answers at the broker's address, or nobody whom the client trusts. */
    KBS_UNREACHABLE,
    /**
     * The image client cannot be made: its policy or credentials are not there, or are not what
     * they should be.
     */
    IMAGE_CLIENT,
    /** The image is refused or cannot be pulled. */
    IMAGE_PULL,
    /** No token or evidence. */
    ATTESTATION,
    /** The guest was closed. */
    CLOSED
  }

  private final Reason reason;
  private final String eventText;

  GuestException(Reason reason, String eventText, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.eventText = Objects.requireNonNull(eventText, "eventText");
  }

  GuestException(Reason reason, String message) {
    this(reason, message, message, null);
  }

  public Reason reason() {
    return reason;
  }

  /**
   * For a failure of CreateContainer the full message of the pod's event, beginning with {@code
   * Error: CreateContainer failed: }; for a guest that does not start, what its log says.
   */
  public String eventText() {
    return eventText;
  }
}
