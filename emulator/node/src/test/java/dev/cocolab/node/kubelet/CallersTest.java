package dev.cocolab.node.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.node.KubeletCallers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Decisions that fail: nobody is served by mistake, and everybody gets an answer. */
class CallersTest {
  private static final String FORBIDDEN =
      "end Forbidden (user=, verb=get, resource=nodes, subresource(s)=[proxy])";

  private interface Answers {
    Object to(String method) throws Exception;
  }

  private final Vertx vertx = Vertx.vertx();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> answered = new CompletableFuture<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private <T> T proxy(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            CallersTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              calls.add(method.getName() + " " + (arguments == null ? "" : arguments[0]));
              if (method.getName().equals("end")) {
                answered.complete(null);
              }
              return method.getReturnType().isInstance(self) ? self : answers.to(method.getName());
            }));
  }

  private HttpServerRequest request() {
    HttpServerResponse response =
        proxy(
            HttpServerResponse.class,
            name -> List.of("ended", "headWritten").contains(name) ? false : null);
    SSLSession session =
        proxy(
            SSLSession.class,
            name -> {
              throw new SSLPeerUnverifiedException(name);
            });
    HttpConnection connection = proxy(HttpConnection.class, name -> session);
    return proxy(
        HttpServerRequest.class,
        name ->
            switch (name) {
              case "connection" -> connection;
              case "response" -> response;
              case "method" -> HttpMethod.GET;
              default -> null;
            });
  }

  private void admit(KubeletCallers allowed) {
    new Callers(allowed, vertx).admit(request(), served -> calls.add("served"));
  }

  private void assertForbidden() throws Exception {
    answered.get(10, TimeUnit.SECONDS);
    assertThat(calls).contains("setStatusCode 403", FORBIDDEN).doesNotContain("served");
  }

  @Test
  void aDecisionThatThrowsIsANo() throws Exception {
    admit(
        (caller, verb) -> {
          throw new IllegalStateException("no rules today");
        });
    assertForbidden();
  }

  @Test
  void aDecisionThatHasFailedIsANo() throws Exception {
    admit((caller, verb) -> CompletableFuture.failedFuture(new IllegalStateException("no rules")));
    assertForbidden();
  }

  @Test
  void aDecisionThatFailsLaterIsANo() throws Exception {
    CompletableFuture<Boolean> decision = new CompletableFuture<>();
    admit((caller, verb) -> decision);
    assertThat(calls).contains("pause ");
    decision.completeExceptionally(new IllegalStateException("no rules"));
    assertForbidden();
    assertThat(calls).contains("resume ");
  }

  @Test
  void aDecisionThatSaysNothingIsANo() throws Exception {
    admit((caller, verb) -> CompletableFuture.completedFuture(null));
    assertForbidden();
  }
}
