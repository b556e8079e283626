package dev.cocolab.node.kubelet;

import dev.cocolab.node.KubeletCallers;
import dev.cocolab.node.KubeletCallers.Caller;
import dev.cocolab.node.forward.SpdyUpgrade;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Lets requests through whose callers a kubelet serves, and answers the others 403. */
record Callers(KubeletCallers allowed, Vertx vertx) {
  /** Gives the request on, or answers it; on its event loop. */
  void admit(HttpServerRequest request, Consumer<HttpServerRequest> served) {
    Caller caller = caller(request.connection().sslSession());
    CompletableFuture<Boolean> decision =
        allowed.serves(caller, verb(request)).toCompletableFuture();
    if (decision.isDone()) {
      admit(request, caller, Boolean.TRUE.equals(decision.join()), served);
      return;
    }
    Context context = vertx.getOrCreateContext();
    request.pause();
    var unused =
        decision.thenAccept(
            is ->
                context.runOnContext(
                    nothing -> {
                      request.resume();
                      admit(request, caller, is, served);
                    }));
  }

  private static void admit(
      HttpServerRequest request,
      Caller caller,
      boolean isServed,
      Consumer<HttpServerRequest> served) {
    if (isServed) {
      served.accept(request);
    } else {
      KubeletServer.answer(request, 403, text(request, caller.user()));
    }
  }

  /** What a kubelet says to those whom it does not serve. */
  private static String text(HttpServerRequest request, String name) {
    return "Forbidden (user="
        + name
        + ", verb="
        + verb(request)
        + ", resource=nodes, subresource(s)=[proxy])";
  }

  private static String verb(HttpServerRequest request) {
    return switch (SpdyUpgrade.method(request).toUpperCase(Locale.ROOT)) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "get";
    };
  }

  private static Caller caller(SSLSession session) {
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
        List<Rdn> subject = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
        return new Caller(
            values(subject, "CN").stream().findFirst().orElse(""), values(subject, "O"));
      }
    } catch (SSLPeerUnverifiedException | InvalidNameException e) {
      return nobody();
    }
    return nobody();
  }

  private static Caller nobody() {
    return new Caller("", List.of());
  }

  private static List<String> values(List<Rdn> subject, String type) {
    return subject.stream()
        .filter(rdn -> rdn.getType().equalsIgnoreCase(type))
        .map(Rdn::getValue)
        .map(String::valueOf)
        .toList();
  }
}
