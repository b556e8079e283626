package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.Authenticator;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.store.ObjectKey;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Who makes a request: whoever has shown a credential, anonymous without one, or, with the headers
 * {@code Impersonate-*}, somebody else whom he may impersonate.
 */
final class Requester {
  private static final String EXTRA = "impersonate-extra-";
  private static final String AUTHENTICATION = "authentication.k8s.io";

  private final Authenticator authenticator;
  private final Access access;

  Requester(Authenticator authenticator, Access access) {
    this.authenticator = authenticator;
    this.access = access;
  }

  /** Throws 401 for a credential that is not accepted, 403 for an impersonation that is not. */
  User of(HttpServerRequest request) {
    User user =
        authenticator
            .authenticate(Exchange.header(request, "Authorization"), certificates(request))
            .orElseThrow(ApiException::unauthorized);
    return impersonated(user, request);
  }

  private static List<Certificate> certificates(HttpServerRequest request) {
    try {
      return request.connection().isSsl() ? request.connection().peerCertificates() : List.of();
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }

  private User impersonated(User user, HttpServerRequest request) {
    String name = Exchange.header(request, "Impersonate-User");
    String uid = Exchange.header(request, "Impersonate-Uid");
    List<String> groups = request.headers().getAll("Impersonate-Group");
    Map<String, List<String>> extra = extra(request);
    if (name.isEmpty()) {
      if (!uid.isEmpty() || !groups.isEmpty() || !extra.isEmpty()) {
        throw ApiException.internalPlain(
            "requested a group, a uid or extra of somebody without impersonating a user");
      }
      return user;
    }
    requireName(user, name);
    groups.forEach(group -> require(user, "", "groups", "", "", group));
    extra.forEach(
        (key, values) ->
            values.forEach(value -> require(user, AUTHENTICATION, "userextras", key, "", value)));
    if (!uid.isEmpty()) {
      require(user, AUTHENTICATION, "uids", "", "", uid);
    }
    return new User(name, uid, groupsOf(name, groups), extra);
  }

  private static Map<String, List<String>> extra(HttpServerRequest request) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    for (String header : request.headers().names()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith(EXTRA)) {
        extra.put(decoded(lower.substring(EXTRA.length())), request.headers().getAll(header));
      }
    }
    return extra;
  }

  private static String decoded(String key) {
    try {
      return QueryStringDecoder.decodeComponent(key.replace("+", "%2B"));
    } catch (IllegalArgumentException notEncoded) {
      return key;
    }
  }

  private void requireName(User user, String name) {
    Optional<ObjectKey> account = account(name);
    if (account.isPresent()) {
      require(user, "", "serviceaccounts", "", account.get().namespace(), account.get().name());
    } else {
      require(user, "", "users", "", "", name);
    }
  }

  /** The service account of a user's name; empty for any other name, however it begins. */
  private static Optional<ObjectKey> account(String name) {
    if (!name.startsWith(User.SERVICE_ACCOUNT)) {
      return Optional.empty();
    }
    String[] parts = name.substring(User.SERVICE_ACCOUNT.length()).split(":", -1);
    return parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty()
        ? Optional.of(new ObjectKey("serviceaccounts", parts[0], parts[1]))
        : Optional.empty();
  }

  private void require(
      User user, String group, String resource, String subresource, String namespace, String name) {
    RequestAttributes wanted =
        new RequestAttributes("impersonate", group, resource, subresource, namespace, name, "");
    access.require(user, wanted);
  }

  private static List<String> groupsOf(String name, List<String> asked) {
    List<String> groups = new ArrayList<>(asked);
    Optional<ObjectKey> account = account(name);
    if (groups.isEmpty() && account.isPresent()) {
      groups.add(User.SERVICE_ACCOUNTS);
      groups.add(User.SERVICE_ACCOUNTS + ":" + account.get().namespace());
    }
    String everybody = name.equals(User.ANONYMOUS) ? User.UNAUTHENTICATED : User.AUTHENTICATED;
    if (!groups.contains(User.AUTHENTICATED) && !groups.contains(User.UNAUTHENTICATED)) {
      groups.add(everybody);
    }
    return groups;
  }
}
