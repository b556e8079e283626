package dev.cocolab.apiserver.auth;

import java.util.List;
import java.util.Objects;

/**
 * Who makes a request.
 *
 * @param name user name, for example {@code kube:admin} or {@code
 *     system:serviceaccount:default:builder}
 * @param uid opaque identity, empty when the source of the identity has none
 * @param groups group names; {@code system:authenticated} is added by the server
 */
public record User(String name, String uid, List<String> groups) {
  /** Members may do everything, whatever the rules say. */
  public static final String MASTERS = "system:masters";

  /** Every user that has shown a credential. */
  public static final String AUTHENTICATED = "system:authenticated";

  public User {
    Objects.requireNonNull(uid, "uid");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a user has a name");
    }
    groups = List.copyOf(groups);
  }

  public static User of(String name, String... groups) {
    return new User(name, "", List.of(groups));
  }
}
