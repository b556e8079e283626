package dev.cocolab.lab.access;

import dev.cocolab.lab.authority.Identity;
import java.util.Objects;
import java.util.Optional;

/**
 * One user's ways in.
 *
 * @param user user name, the CN of the certificate
 * @param identity client certificate and key
 * @param namespace where the user's commands go when they name no namespace
 * @param token bearer token of the same user, for clients that show no certificate
 */
public record Access(String user, Identity identity, String namespace, Optional<String> token) {
  public Access {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(token, "token");
  }

  /** A user without a token. */
  public Access(String user, Identity identity, String namespace) {
    this(user, identity, namespace, Optional.empty());
  }

  /** The same user with a token beside the certificate. */
  public Access withToken(String secret) {
    return new Access(user, identity, namespace, Optional.of(secret));
  }

  /** Never the key or the token. */
  @Override
  public String toString() {
    return "Access[" + user + ", " + namespace + "]";
  }
}
