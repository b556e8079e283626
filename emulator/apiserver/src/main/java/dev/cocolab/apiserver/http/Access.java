package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.Authorizer;
import dev.cocolab.apiserver.auth.Authorizer.Decision;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.selector.FieldSelector;
import dev.cocolab.apiserver.status.ApiException;
import java.util.Locale;
import java.util.Optional;

/** What a request wants to do, in the words of rules, and whether it may. */
final class Access {
  private final Authorizer authorizer;

  Access(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /**
   * Throws 403 with the sentence that says what is missing.
   *
   * @param resource empty when the path is none of a resource
   */
  void require(Exchange exchange, Optional<RequestPath> resource, String method, String path) {
    RequestAttributes wanted =
        resource
            .map(found -> attributes(exchange, found, method, path))
            .orElseGet(
                () ->
                    new RequestAttributes(
                        method.toLowerCase(Locale.ROOT), "", "", "", "", "", path));
    require(exchange.user(), wanted);
  }

  /** Throws 403 with the sentence that says what is missing. */
  void require(User user, RequestAttributes wanted) {
    Decision decision = authorizer.decide(user, wanted);
    if (!decision.allowed()) {
      throw forbidden(user, wanted, decision);
    }
  }

  static ApiException forbidden(User user, RequestAttributes wanted, Decision decision) {
    String denial = markupEscaped(wanted.denial(user));
    return ApiException.forbidden(
        new ApiException.Subject(wanted.group(), wanted.resource(), wanted.name()),
        decision.reason().isEmpty() ? denial : denial + ": " + decision.reason());
  }

  /** Names come from the client and may be shown by a browser. */
  private static String markupEscaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static RequestAttributes attributes(
      Exchange exchange, RequestPath path, String method, String url) {
    boolean collection = path.name().isEmpty();
    String name = collection && !method.equals("POST") ? selectedName(exchange) : path.name();
    // a namespace is inside itself, so that a role in it can be about it
    boolean namespace = path.group().isEmpty() && path.resource().equals("namespaces");
    return new RequestAttributes(
        verb(exchange, path, method),
        path.group(),
        path.resource(),
        path.subresource(),
        namespace ? path.name() : path.namespace(),
        name,
        url);
  }

  private static String selectedName(Exchange exchange) {
    return FieldSelector.exactName(exchange.query().text("fieldSelector"));
  }

  private static String verb(Exchange exchange, RequestPath path, String method) {
    boolean collection = path.name().isEmpty();
    return switch (method) {
      case "GET", "HEAD" -> {
        // a part of an object is never watched, whatever the query says
        boolean watch = path.subresource().isEmpty() && exchange.query().flag("watch");
        yield watch ? "watch" : collection ? "list" : "get";
      }
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> collection ? "deletecollection" : "delete";
      default -> method.toLowerCase(Locale.ROOT);
    };
  }
}
