package dev.cocolab.azure.identity;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.SecretText;
import dev.cocolab.azure.Timed;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** A credential of Azure's library with a time-out, our own cache, and errors for people. */
final class SignedIn implements CloudIdentity {
  private static final Duration EARLY = Duration.ofMinutes(5);

  private final String description;
  private final String host;
  private final Supplier<TokenCredential> source;
  private final Clock clock;
  private final Duration patience;
  private final Map<String, Token> kept = new HashMap<>();
  private TokenCredential credential;

  /**
   * An identity.
   *
   * @param host where tokens come from, for messages
   * @param source makes a credential that has no token in its own cache yet
   * @param patience how long a sign-in may take
   */
  SignedIn(
      String description,
      String host,
      Supplier<TokenCredential> source,
      Clock clock,
      Duration patience) {
    this.description = description;
    this.host = host;
    this.source = source;
    this.clock = clock;
    this.patience = patience;
  }

  @Override
  public synchronized Token token(String scope) {
    Token before = kept.get(scope);
    if (before != null && clock.instant().isBefore(before.expiresAt().minus(EARLY))) {
      return before;
    }
    if (before != null) {
      forget();
    }
    Token fresh = acquire(scope);
    kept.put(scope, fresh);
    return fresh;
  }

  @Override
  public synchronized void forget() {
    kept.clear();
    // The library keeps tokens inside of the credential and cannot be told to drop them.
    credential = null;
  }

  @Override
  public String description() {
    return description;
  }

  private Token acquire(String scope) {
    try {
      AccessToken token =
          Timed.call(
              "sign-in at " + host,
              patience,
              () -> {
                if (credential == null) {
                  credential = source.get();
                }
                return credential.getTokenSync(new TokenRequestContext().addScopes(scope));
              });
      return new Token(new SecretText(token.getToken()), token.getExpiresAt().toInstant());
    } catch (AzureException e) {
      throw e;
    } catch (Exception e) {

      throw SignInFailure.of(e, host);
    }
  }

  @Override
  public String toString() {
    return description;
  }
}
