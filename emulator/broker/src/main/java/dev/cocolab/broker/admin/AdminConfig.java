package dev.cocolab.broker.admin;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Section {@code [admin]} of a configuration. */
public sealed interface AdminConfig {

  /** Every call is allowed. */
  record InsecureAllowAll() implements AdminConfig {}

  /** Every call is refused. */
  record DenyAll() implements AdminConfig {}

  /**
   * Calls with a token of a provider, for what an entry of the list allows its role.
   *
   * @param providers at least one
   * @param acls none allows nothing
   */
  record AuthenticatedAuthorization(List<Provider> providers, List<Acl> acls)
      implements AdminConfig {
    /** Copies the lists. */
    public AuthenticatedAuthorization {
      providers = List.copyOf(providers);
      acls = List.copyOf(acls);
    }
  }

  /**
   * Somebody whose tokens are believed.
   *
   * @param issuer claim {@code iss} that they must have; empty: any
   * @param audience a value that their claim {@code aud} must have; empty: any
   * @param publicKeyUri PEM of a public key: a path, or {@code file://}
   * @param jwkSetUri JWK set: a path, {@code file://} or {@code https://}
   */
  record Provider(
      Optional<String> issuer,
      Optional<String> audience,
      Optional<String> publicKeyUri,
      Optional<String> jwkSetUri) {
    /** Checks that nothing is missing. */
    public Provider {
      Objects.requireNonNull(issuer, "issuer");
      Objects.requireNonNull(audience, "audience");
      Objects.requireNonNull(publicKeyUri, "publicKeyUri");
      Objects.requireNonNull(jwkSetUri, "jwkSetUri");
    }
  }

  /**
   * What a role may do.
   *
   * @param role exactly the claim {@code role}
   * @param allowedEndpoints a regular expression that the request's URI must match, from {@code
   *     ^/kbs} to {@code $}
   */
  record Acl(String role, String allowedEndpoints) {
    /** Checks that nothing is missing. */
    public Acl {
      Objects.requireNonNull(role, "role");
      Objects.requireNonNull(allowedEndpoints, "allowedEndpoints");
    }
  }
}
