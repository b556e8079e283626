package dev.cocolab.sandbox;

import java.util.Objects;

/** A pod or container could not be set up, or was used after its end. */
public final class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for callers that act on it. */
  public enum Reason {
    /** This machine does not permit what a sandbox needs; the message names the remedy. */
    UNFIT,
    /** A Unix socket path would exceed the 107 bytes that the kernel accepts. */
    SOCKET_PATH_TOO_LONG,
    /** The state or runtime directory cannot be used. */
    DIRECTORY,
    /** A namespace or mount step failed; the message names the step and the kernel's answer. */
    SETUP,
    /** The program of a container does not exist in its root or in its PATH. */
    PROGRAM_NOT_FOUND,
    /** The program of a container exists but may not be executed. */
    PROGRAM_NOT_EXECUTABLE,
    /** The working directory of a container cannot be entered. */
    WORKING_DIRECTORY,
    /** A capability that is not granted here was asked for. */
    CAPABILITY,
    /** The set-up gave no answer in time. */
    TIMEOUT,
    /** The pod or host has been closed, or its holding process has ended. */
    CLOSED
  }

  private final Reason reason;

  /**
   * @param reason machine-readable reason
   * @param message one sentence for people
   */
  public SandboxException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /**
   * @param reason machine-readable reason
   * @param message one sentence for people
   * @param cause what the platform reported
   */
  public SandboxException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The machine-readable reason. */
  public Reason reason() {
    return reason;
  }
}
