package dev.cocolab.guest;

import java.util.Objects;

/**
 * What the agent's policy says about a request.
 *
 * @param message what the agent answers instead of obeying; empty when allowed. Its double quotes
 *     are part of it
 */
public record PolicyVerdict(Outcome outcome, String message) {

  /** The three outcomes. */
  public enum Outcome {
    ALLOWED,
    /** Answered with PERMISSION_DENIED. */
    DENIED,
    /** The rule is undefined, or did not evaluate; answered with INTERNAL. */
    UNDECIDED,
    /** The request brought a new policy that does not load; answered with INVALID_ARGUMENT. */
    INVALID
  }

  public PolicyVerdict {
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(message, "message");
  }

  static PolicyVerdict allowed() {
    return new PolicyVerdict(Outcome.ALLOWED, "");
  }

  public boolean isAllowed() {
    return outcome == Outcome.ALLOWED;
  }

  /**
   * The error as the runtime on the node prints it: {@code rpc error: code = PermissionDenied desc
   * = "..."}.
   */
  public String rpcError() {
    String code =
        switch (outcome) {
          case DENIED -> "PermissionDenied";
          case INVALID -> "InvalidArgument";
          default -> "Internal";
        };
    return "rpc error: code = " + code + " desc = " + message;
  }
}
