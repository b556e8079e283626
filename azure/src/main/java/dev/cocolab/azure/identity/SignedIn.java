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
import java.util.function.Function;
import java.util.function.Supplier;

/** A credential of Azure's library with a time-out, our own cache, and errors for people. */
final class SignedIn implements CloudIdentity {
  private static final Duration EARLY = Duration.ofMinutes(5);

  private final String description;
  private final String host;
  private final Supplier<TokenCredential> source;
  private final Clock clock;
  private final Duration patience;
  private final Function<Exception, AzureException> explanation;
  private final Map<String, Token> kept = new HashMap<>();
  private TokenCredential credential;

  /**
   * An identity.
   *
   * @param host where tokens come from, for messages
   * @param source makes a credential that has no token in its own cache yet
   * @param patience how long a sign-in may take
   * @param explanation what a failure means to a person
   */
  SignedIn(
      String description,
      String host,
      Supplier<TokenCredential> source,
      Clock clock,
      Duration patience,
      Function<Exception, AzureException> explanation) {
    this.description = description;
    this.host = host;
    this.source = source;
    this.clock = clock;
    this.patience = patience;
    this.explanation = explanation;
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
    // The library may keep tokens inside of the credential, and cannot be told to drop them.
    credential = null;
  }

  @Override
  public String description() {
    return description;
  }

  private Token acquire(String scope) {
    if (credential == null) {
      credential = source.get();
    }
    TokenCredential asked = credential;
    try {
      AccessToken token =
          Timed.call(
              "sign-in at " + host,
              patience,
              () -> asked.getTokenSync(new TokenRequestContext().addScopes(scope)));
      return new Token(new SecretText(token.getToken()), token.getExpiresAt().toInstant());
    } catch (Exception e) {
      throw explanation.apply(e);
    }
  }

  @Override
  public String toString() {
    return description;
  }
}
