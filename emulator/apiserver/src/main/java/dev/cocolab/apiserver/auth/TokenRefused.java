package dev.cocolab.apiserver.auth;

/** A bearer token that is not accepted. The message never holds the token. */
public final class TokenRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** No JWT of three parts, or its parts cannot be read. */
    MALFORMED,
    /** Signed by another key, with another algorithm, or changed after it was signed. */
    NOT_OURS,
    EXPIRED,
    NOT_YET_VALID,
    /** Made for somebody else. */
    AUDIENCE,
    /** The account is deleted, or there is another of its name. */
    ACCOUNT_GONE,
    /** The pod, secret or node that it is bound to is deleted. */
    BOUND_OBJECT_GONE
  }

  private final Reason reason;

  TokenRefused(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
