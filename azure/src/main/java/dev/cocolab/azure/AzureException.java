package dev.cocolab.azure;

import java.util.Objects;

/**
 * Azure could not be used as asked.
 *
 * <p>The message is one or two sentences for a person: what failed and what to do. It never holds a
 * token, key, signature or kubeconfig, and for that reason exceptions of Azure's own libraries,
 * whose texts quote requests, are not attached as causes.
 */
public final class AzureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is. */
  public enum Reason {
    /** Settings are missing or malformed. */
    NOT_CONFIGURED,
    /** Nobody is signed in, or the sign-in was refused. */
    NO_IDENTITY,
    /** Signed in, but a role is missing, or a deny assignment is in the way. */
    NO_RIGHTS,
    /** The named thing does not exist. */
    NOT_FOUND,
    /** No connection, no answer in time, or the service is down (5xx). */
    UNREACHABLE,
    /** Azure asked to wait for longer than this run can. */
    THROTTLED,
    /** Azure understood and said no. */
    REFUSED,
    /** Another operation is in progress on the same thing (409). */
    CONFLICT,
    /** The answer is not what Azure's documentation says. */
    UNREADABLE,
    /** The run's own limit on machines or time is reached. */
    BUDGET,
    /** The thread was interrupted. */
    INTERRUPTED
  }

  private final Reason reason;

  public AzureException(Reason reason, String message) {
    super(Redaction.clean(message));
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The kind of failure. */
  public Reason reason() {
    return reason;
  }
}
