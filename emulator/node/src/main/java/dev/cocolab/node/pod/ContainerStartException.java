package dev.cocolab.node.pod;

import java.util.Objects;

/**
 * A container could not be started; the attempt will be repeated unless the pod's policy says no.
 */
public final class ContainerStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Reason of the waiting state, as the kubelet names it. */
  public enum Reason {
    IMAGE_PULL("ErrImagePull"),
    IMAGE_NEVER_PULL("ErrImageNeverPull"),
    INVALID_IMAGE_NAME("InvalidImageName"),
    CONFIG("CreateContainerConfigError"),
    CREATE("CreateContainerError"),
    RUN("RunContainerError");

    private final String word;

    Reason(String word) {
      this.word = word;
    }

    /** The word in the status. */
    public String word() {
      return word;
    }
  }

  private final Reason reason;

  /** With the message that the status shows. */
  public ContainerStartException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** With the message that the status shows and its cause. */
  public ContainerStartException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The failed step. */
  public Reason reason() {
    return reason;
  }
}
