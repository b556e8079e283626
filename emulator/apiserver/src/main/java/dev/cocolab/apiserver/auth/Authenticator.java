package dev.cocolab.apiserver.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out who makes a request: by client certificate, else by bearer token. Who shows nothing is
 * {@link User#ANONYMOUS}; who shows something that is not accepted is nobody.
 */
public final class Authenticator {
  private static final String BEARER = "bearer ";

  private final List<Map.Entry<byte[], User>> tokens = new ArrayList<>();
  private final Optional<ClientCertificates> certificates;
  private final ServiceAccountTokens accounts;

  public Authenticator(
      Map<String, User> tokens,
      Optional<ClientCertificates> certificates,
      ServiceAccountTokens accounts) {
    tokens.forEach(
        (token, user) -> this.tokens.add(Map.entry(token.getBytes(StandardCharsets.UTF_8), user)));
    this.certificates = certificates;
    this.accounts = accounts;
  }

  /**
   * Who it is; empty when what was shown is not accepted.
   *
   * @param authorization value of the Authorization header, may be empty
   * @param chain certificates of the TLS client, may be empty
   */
  public Optional<User> authenticate(String authorization, List<Certificate> chain) {
    Optional<User> user =
        chain.isEmpty() ? Optional.empty() : certificates.flatMap(known -> known.user(chain));
    if (user.isPresent()) {
      return user.map(known -> known.in(User.AUTHENTICATED));
    }
    if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      try {
        return Optional.of(
            review(authorization.substring(BEARER.length()).strip(), List.of()).user());
      } catch (TokenRefused refused) {
        return Optional.empty();
      }
    }
    return chain.isEmpty() && authorization.isEmpty()
        ? Optional.of(User.anonymous())
        : Optional.empty();
  }

  /**
   * Owner of a token.
   *
   * @param audiences who asks; empty: this server
   * @throws TokenRefused with the reason when the token is not accepted
   */
  public ServiceAccountTokens.Verified review(String token, List<String> audiences) {
    byte[] shown = token.getBytes(StandardCharsets.UTF_8);
    User found = null;
    for (Map.Entry<byte[], User> known : tokens) {
      if (MessageDigest.isEqual(known.getKey(), shown)) {
        found = known.getValue();
      }
    }
    if (found != null && (audiences.isEmpty() || audiences.contains(ServiceAccountTokens.ISSUER))) {
      return new ServiceAccountTokens.Verified(
          found.in(User.AUTHENTICATED), List.of(ServiceAccountTokens.ISSUER));
    }
    ServiceAccountTokens.Verified account = accounts.verify(token, audiences);
    return new ServiceAccountTokens.Verified(
        account.user().in(User.AUTHENTICATED), account.audiences());
  }
}
