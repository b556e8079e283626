package dev.cocolab.apiserver.auth;

import java.util.Objects;

/** Decides whether a user may do something. */
@FunctionalInterface
public interface Authorizer {

  Decision decide(User user, RequestAttributes attributes);

  /**
   * A decision.
   *
   * @param reason why; empty when there is nothing to say
   */
  record Decision(boolean allowed, String reason) {
    public Decision {
      Objects.requireNonNull(reason, "reason");
    }
  }
}
