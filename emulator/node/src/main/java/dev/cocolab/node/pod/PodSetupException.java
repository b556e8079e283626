package dev.cocolab.node.pod;

import java.util.Objects;

/** Volumes or sandbox of a pod could not be made; the attempt will be repeated. */
public final class PodSetupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Which step; each has its event and its rhythm of repetition. */
  public enum Step {
    /** Event {@code FailedMount}. */
    VOLUME("FailedMount"),
    /** Event {@code FailedCreatePodSandBox}. */
    SANDBOX("FailedCreatePodSandBox"),
    /** Event {@code FailedScheduling}: there is no room now. */
    ROOM("FailedScheduling");

    private final String event;

    Step(String event) {
      this.event = event;
    }

    /** The reason of the event. */
    public String event() {
      return event;
    }
  }

  private final Step step;

  /** With the message of the event. */
  public PodSetupException(Step step, String message) {
    super(message);
    this.step = Objects.requireNonNull(step, "step");
  }

  /** With the message of the event and its cause. */
  public PodSetupException(Step step, String message, Throwable cause) {
    super(message, cause);
    this.step = Objects.requireNonNull(step, "step");
  }

  /** The failed step. */
  public Step step() {
    return step;
  }
}
