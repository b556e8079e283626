package dev.cocolab.azure.identity;

import dev.cocolab.azure.SecretText;
import java.time.Instant;

/** Who we are on Azure. Safe for use by several threads. */
public interface CloudIdentity {
  /**
   * A token for a service, e.g. {@code https://management.azure.com/.default}; kept until five
   * minutes before its end, then acquired anew.
   *
   * @throws dev.cocolab.azure.AzureException NO_IDENTITY or UNREACHABLE, within seconds
   */
  Token token(String scope);

  /** Drops all that is kept: a service has refused a token that should be good. */
  void forget();

  /** How the sign-in happens, for a report: {@code "GitHub Actions, client 1111…"}. */
  String description();

  /**
   * A bearer token.
   *
   * @param value the token
   * @param expiresAt its end
   */
  record Token(SecretText value, Instant expiresAt) {}
}
