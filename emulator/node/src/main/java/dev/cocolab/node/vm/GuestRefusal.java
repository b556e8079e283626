package dev.cocolab.node.vm;

import java.util.Objects;

/**
 * The guest of a pod VM refuses or fails. The message is that of the pod's event without {@code
 * Error: }.
 */
public final class GuestRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String detail;

  /**
   * With what the user of the cluster sees and what really happened.
   *
   * @param message of the event
   * @param detail the whole story, such as the URL that did not answer
   */
  public GuestRefusal(String message, String detail, Throwable cause) {
    super(message, cause);
    this.detail = Objects.requireNonNull(detail, "detail");
  }

  /** What happened in full. */
  public String detail() {
    return detail;
  }
}
