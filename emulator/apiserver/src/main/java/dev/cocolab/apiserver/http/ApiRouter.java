package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.ApiServerException;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.status.ApiException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every request: who, what, may he, and then whoever answers. Whatever goes wrong is an
 * answer too.
 */
public final class ApiRouter implements Handler<HttpServerRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(ApiRouter.class);

  private final Requester requester;
  private final Access access;
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
      Requester requester,
      Access access,
      ResourceRegistry registry,
      Handlers handlers,
      BodyReader bodies) {
    this.requester = requester;
    this.access = access;
    this.registry = registry;
    this.handlers = handlers;
    this.bodies = bodies;
  }

  @Override
  public void handle(HttpServerRequest request) {
    guarded(
        request,
        () -> {
          HeaderRules.require(request.headers());
          User user = requester.of(request);
          authorize(new Exchange(request, user, new byte[0]));
          // only these have no body that would be passed over
          boolean upgrade =
              request.method().equals(HttpMethod.GET)
                  && Exchange.header(request, "Upgrade").equalsIgnoreCase("websocket");
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
    } catch (ApiServerException notKept) {
      LOG.error("{} {} failed: {}", request.method(), request.path(), notKept.getMessage());
      Exchange.refuse(request, ApiException.internal(String.valueOf(notKept.getMessage())));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("{} {} failed", request.method(), request.path(), e);
      Exchange.refuse(request, ApiException.internal(e.getClass().getSimpleName()));
    }
  }

  /** Before the body is read: who may not ask is not listened to. */
  private void authorize(Exchange exchange) {
    String path = path(exchange);
    access.require(exchange, RequestPath.parse(path), exchange.request().method().name(), path);
  }

  private static String path(Exchange exchange) {
    String path = exchange.request().path();
    if (path == null || !path.startsWith("/")) {
      throw ApiException.unknownPath();
    }
    return path;
  }

  private void dispatch(Exchange exchange) {
    String path = path(exchange);
    String method = exchange.request().method().name();
    Optional<RequestPath> resource = RequestPath.parse(path);
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
}
