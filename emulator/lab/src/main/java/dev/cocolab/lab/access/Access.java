package dev.cocolab.lab.access;

import dev.cocolab.lab.authority.Identity;
import java.util.Objects;

/**
 * One user's way in.
 *
 * @param user user name, the CN of the certificate
 * @param identity client certificate and key
 * @param namespace where the user's commands go when they name no namespace
 */
public record Access(String user, Identity identity, String namespace) {
  public Access {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(namespace, "namespace");
  }
}
