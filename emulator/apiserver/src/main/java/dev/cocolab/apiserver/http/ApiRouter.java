package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.Authenticator;
import dev.cocolab.apiserver.auth.Authorizer;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.status.ApiException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request: who, what, may he, and then whoever answers. Whatever goes wrong is an
 * answer too.
 */
public final class ApiRouter implements Handler<HttpServerRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(ApiRouter.class);

  /** Paths that health checks reach without a credential. */
  private static final Set<String> OPEN = Set.of("/healthz", "/livez", "/readyz", "/version");

  private final Authenticator authenticator;
  private final Authorizer authorizer;
  private final ResourceRegistry registry;
  private final Handlers handlers;
  private final BodyReader bodies;

  /** Who answers what. */
  record Handlers(
      ResourceHandler objects,
      SubresourceHandler subresources,
      ReviewHandler reviews,
      NonResourceHandler others) {}

  ApiRouter(
      Authenticator authenticator,
      Authorizer authorizer,
      ResourceRegistry registry,
      Handlers handlers,
      BodyReader bodies) {
    this.authenticator = authenticator;
    this.authorizer = authorizer;
    this.registry = registry;
    this.handlers = handlers;
    this.bodies = bodies;
  }

  @Override
  public void handle(HttpServerRequest request) {
    guarded(
        request,
        () -> {
          User user = authenticate(request);
          boolean upgrade = Exchange.header(request, "Upgrade").equalsIgnoreCase("websocket");
          if (upgrade) {
            dispatch(new Exchange(request, user, new byte[0]));
          } else {
            bodies.read(
                request,
                body -> guarded(request, () -> dispatch(new Exchange(request, user, body))),
                failure -> Exchange.refuse(request, failure));
          }
        });
  }

  /** The one place where exceptions become answers. */
  private static void guarded(HttpServerRequest request, Runnable work) {
    try {
      work.run();
    } catch (ApiException e) {
      Exchange.refuse(request, e);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("{} {} failed", request.method(), request.path(), e);
      Exchange.refuse(request, ApiException.internal(e.getClass().getSimpleName()));
    }
  }

  private User authenticate(HttpServerRequest request) {
    Optional<User> user =
        authenticator.authenticate(
            Exchange.header(request, "Authorization"), certificates(request));
    if (user.isEmpty()
        && OPEN.contains(String.valueOf(request.path()))
        && Exchange.header(request, "Authorization").isEmpty()) {
      return User.of("system:anonymous", "system:unauthenticated");
    }
    return impersonated(user.orElseThrow(ApiException::unauthorized), request);
  }

  /** {@code kubectl --as}: an administrator may act as somebody else. */
  private static User impersonated(User user, HttpServerRequest request) {
    String name = Exchange.header(request, "Impersonate-User");
    if (name.isEmpty()) {
      return user;
    }
    if (!user.groups().contains(User.MASTERS)) {
      throw ApiException.forbidden(
          new ApiException.Subject("", "users", name),
          "User \""
              + user.name()
              + "\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope");
    }
    List<String> groups = new ArrayList<>(request.headers().getAll("Impersonate-Group"));
    if (!groups.contains(User.AUTHENTICATED)) {
      groups.add(User.AUTHENTICATED);
    }
    return new User(name, Exchange.header(request, "Impersonate-Uid"), groups);
  }

  private static List<Certificate> certificates(HttpServerRequest request) {
    try {
      return request.connection().isSsl() ? request.connection().peerCertificates() : List.of();
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }

  private void dispatch(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    String path = request.path();
    String method = request.method().name();
    if (path == null || !path.startsWith("/")) {
      throw ApiException.unknownPath();
    }
    Optional<RequestPath> resource = RequestPath.parse(path);
    authorize(exchange, resource, method, path);
    if (resource.isEmpty()) {
      handlers.others().handle(exchange, path, method);
      return;
    }
    RequestPath found = resource.get();
    if (ReviewHandler.answers(found)) {
      handlers.reviews().handle(exchange, found, method);
      return;
    }
    Target target = target(found);
    if (found.subresource().isEmpty()) {
      handlers.objects().handle(exchange, target, method);
    } else {
      handlers.subresources().handle(exchange, target, found.subresource(), method);
    }
  }

  private Target target(RequestPath path) {
    ResourceType type =
        registry
            .find(path.group(), path.version(), path.resource())
            .orElseThrow(ApiException::unknownPath);
    boolean misplaced =
        type.namespaced()
            ? path.namespace().isEmpty() && !path.name().isEmpty()
            : !path.namespace().isEmpty();
    if (misplaced) {
      throw ApiException.unknownPath();
    }
    return new Target(type, path.namespace(), path.name());
  }

  private void authorize(
      Exchange exchange, Optional<RequestPath> resource, String method, String path) {
    if (OPEN.contains(path)) {
      return;
    }
    RequestAttributes attributes =
        resource
            .map(found -> attributes(found, verb(exchange, found, method), path))
            .orElseGet(
                () ->
                    new RequestAttributes(
                        method.toLowerCase(java.util.Locale.ROOT), "", "", "", "", "", path));
    if (!authorizer.allows(exchange.user(), attributes)) {
      throw ApiException.forbidden(
          new ApiException.Subject(attributes.group(), attributes.resource(), attributes.name()),
          attributes.denial(exchange.user()));
    }
  }

  private static RequestAttributes attributes(RequestPath path, String verb, String url) {
    return new RequestAttributes(
        verb,
        path.group(),
        path.resource(),
        path.subresource(),
        path.namespace(),
        path.name(),
        url);
  }

  private static String verb(Exchange exchange, RequestPath path, String method) {
    boolean collection = path.name().isEmpty();
    return switch (method) {
      case "GET", "HEAD" -> exchange.query().flag("watch") ? "watch" : collection ? "list" : "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> collection ? "deletecollection" : "delete";
      default -> method.toLowerCase(java.util.Locale.ROOT);
    };
  }
}
