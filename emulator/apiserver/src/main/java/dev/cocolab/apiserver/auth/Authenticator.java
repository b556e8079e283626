package dev.cocolab.apiserver.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out who makes a request: by client certificate, else by bearer token. */
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
   * Who it is; empty when nothing was shown or what was shown is not accepted.
   *
   * @param authorization value of the Authorization header, may be empty
   * @param chain certificates of the TLS client, may be empty
   */
  public Optional<User> authenticate(String authorization, List<Certificate> chain) {
    Optional<User> user =
        chain.isEmpty() ? Optional.empty() : certificates.flatMap(known -> known.user(chain));
    if (user.isEmpty() && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      user = byToken(authorization.substring(BEARER.length()).strip());
    }
    return user.map(Authenticator::authenticated);
  }

  /** Owner of a token, as {@link #authenticate} would find. */
  public Optional<User> byToken(String token) {
    byte[] shown = token.getBytes(StandardCharsets.UTF_8);
    User found = null;
    for (Map.Entry<byte[], User> known : tokens) {
      if (MessageDigest.isEqual(known.getKey(), shown)) {
        found = known.getValue();
      }
    }
    return found == null ? accounts.verify(token) : Optional.of(found);
  }

  private static User authenticated(User user) {
    Set<String> groups = new LinkedHashSet<>(user.groups());
    groups.add(User.AUTHENTICATED);
    return new User(user.name(), user.uid(), List.copyOf(groups));
  }
}
