package dev.cocolab.node.kubelet;

import dev.cocolab.node.KubeletCallers;
import dev.cocolab.node.KubeletCallers.Caller;
import dev.cocolab.node.forward.SpdyUpgrade;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Lets requests through whose callers a kubelet serves, and answers the others 403. */
record Callers(KubeletCallers allowed, Vertx vertx) {
  /** Gives the request on, or answers it; on its event loop. */
  void admit(HttpServerRequest request, Consumer<HttpServerRequest> served) {
    Caller caller = caller(request.connection().sslSession());
    // who cannot be judged is not served, but answered
    CompletableFuture<Boolean> decision =
        decision(caller, verb(request))
            .handle((is, failure) -> failure == null && Boolean.TRUE.equals(is))
            .toCompletableFuture();
    if (decision.isDone()) {
      admit(request, caller, decision.join(), served);
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

  private CompletionStage<Boolean> decision(Caller caller, String verb) {
    try {
      return allowed.serves(caller, verb);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
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

  /** Who has more than one name has none: readers of names differ in which of them counts. */
  private static Caller caller(SSLSession session) {
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
        List<Rdn> subject = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
        List<String> names = values(subject, "CN");
        return names.size() == 1 ? new Caller(names.get(0), values(subject, "O")) : nobody();
      }
    } catch (SSLPeerUnverifiedException | NamingException e) {
      return nobody();
    }
    return nobody();
  }

  private static Caller nobody() {
    return new Caller("", List.of());
  }

  /** Of all attributes of all RDNs: one RDN may hold several, of the same type too. */
  private static List<String> values(List<Rdn> subject, String type) throws NamingException {
    List<String> values = new ArrayList<>();
    for (Rdn rdn : subject) {
      Attribute attribute = rdn.toAttributes().get(type);
      if (attribute != null) {
        for (Object value : Collections.list(attribute.getAll())) {
          values.add(String.valueOf(value));
        }
      }
    }
    return values;
  }
}
