package dev.cocolab.apiserver.auth;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Who makes a request.
 *
 * @param name user name, for example {@code kube:admin} or {@code
 *     system:serviceaccount:default:builder}
 * @param uid opaque identity, empty when the source of the identity has none
 * @param groups group names; {@code system:authenticated} is added by the server
 * @param extra what the source of the identity says beside, for example the id of a token
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  /** Members may do everything, whatever the rules say. */
  public static final String MASTERS = "system:masters";

  /** Every user that has shown a credential. */
  public static final String AUTHENTICATED = "system:authenticated";

  /** Every request without a credential. */
  public static final String UNAUTHENTICATED = "system:unauthenticated";

  /** Name of whoever shows no credential. */
  public static final String ANONYMOUS = "system:anonymous";

  /** All service accounts; with a colon and a namespace those of the namespace. */
  public static final String SERVICE_ACCOUNTS = "system:serviceaccounts";

  /** Beginning of the names of service accounts, before namespace, colon and name. */
  public static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  public User {
    Objects.requireNonNull(uid, "uid");
    if (name.isBlank()) {
      throw new IllegalArgumentException("a user has a name");
    }
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }

  public User(String name, String uid, List<String> groups) {
    this(name, uid, groups, Map.of());
  }

  public static User of(String name, String... groups) {
    return new User(name, "", List.of(groups));
  }

  /** Whoever shows no credential. */
  public static User anonymous() {
    return of(ANONYMOUS, UNAUTHENTICATED);
  }

  /** The same user in one more group. */
  public User in(String group) {
    Set<String> more = new LinkedHashSet<>(groups);
    more.add(group);
    return new User(name, uid, List.copyOf(more), extra);
  }

  public boolean isMaster() {
    return groups.contains(MASTERS);
  }
}
