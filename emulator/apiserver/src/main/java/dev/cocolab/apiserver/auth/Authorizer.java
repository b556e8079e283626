package dev.cocolab.apiserver.auth;

/** Decides whether a user may do something. */
@FunctionalInterface
public interface Authorizer {

  boolean allows(User user, RequestAttributes attributes);

  /**
   * The rule of a lab whose users trust each other: whoever has shown a credential may do
   * everything.
   */
  static Authorizer everyKnownUser() {
    return (user, attributes) ->
        user.groups().contains(User.MASTERS) || user.groups().contains(User.AUTHENTICATED);
  }
}
