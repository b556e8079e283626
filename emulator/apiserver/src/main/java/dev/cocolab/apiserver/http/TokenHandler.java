package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.auth.ServiceAccountTokens;
import dev.cocolab.apiserver.auth.ServiceAccountTokens.Account;
import dev.cocolab.apiserver.auth.ServiceAccountTokens.Bound;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.resource.ResourceService;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.store.ObjectKey;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes tokens of service accounts (authentication.k8s.io/v1 TokenRequest). */
final class TokenHandler {
  /** Seconds. */
  private static final long SHORTEST = 600;

  private static final long LONGEST = 1L << 32;
  private static final long DEFAULT = 3600;

  /** Kind of what a token may be bound to, and where it is kept. */
  private static final Map<String, String> BINDABLE =
      Map.of("Pod", "pods", "Secret", "secrets", "Node", "nodes");

  private final ResourceService service;
  private final ServiceAccountTokens tokens;

  TokenHandler(ResourceService service, ServiceAccountTokens tokens) {
    this.service = service;
    this.tokens = tokens;
  }

  /**
   * The answer to a request for a token: the request with the token in its status.
   *
   * @throws ApiException 404 without the account or what the token is to be bound to, 409 when the
   *     uid is another's, 422 for a life that is too short or too long
   */
  ObjectNode issue(Target account, ObjectNode request) {
    JsonNode spec = request.path("spec");
    String uid = Trees.textOrEmpty(service.reader().get(account), "metadata", "uid");
    long seconds = Trees.number(spec, "expirationSeconds").orElse(DEFAULT);
    requireLife(seconds);
    Optional<Bound> bound =
        spec.path("boundObjectRef").isObject()
            ? Optional.of(bound(account, spec.path("boundObjectRef")))
            : Optional.empty();
    ServiceAccountTokens.Issued issued =
        tokens.issue(
            new Account(account.namespace(), account.name(), uid),
            bound,
            Trees.texts(spec, "audiences"),
            Duration.ofSeconds(seconds));
    ObjectNode answer = request.deepCopy();
    answer.put("kind", "TokenRequest").put("apiVersion", "authentication.k8s.io/v1");
    Trees.child(answer, "metadata")
        .put("name", account.name())
        .put("namespace", account.namespace());
    ObjectNode answered = Trees.child(answer, "spec");
    answered.set("expirationSeconds", Trees.integer(seconds));
    if (Trees.texts(answered, "audiences").isEmpty()) {
      answered.set("audiences", Trees.strings(List.of(ServiceAccountTokens.ISSUER)));
    }
    if (!answered.has("boundObjectRef")) {
      answered.putNull("boundObjectRef");
    }
    answer
        .putObject("status")
        .put("expirationTimestamp", issued.expires().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("token", issued.token());
    return answer;
  }

  private static void requireLife(long seconds) {
    if (seconds < SHORTEST || seconds > LONGEST) {
      throw ApiException.invalid(
          new ApiException.Subject("authentication.k8s.io", "TokenRequest", ""),
          List.of(
              Cause.invalid(
                  "spec.expirationSeconds",
                  seconds,
                  seconds < SHORTEST
                      ? "may not specify a duration less than 10 minutes"
                      : "may not specify a duration larger than 2^32 seconds")));
    }
  }

  private Bound bound(Target account, JsonNode reference) {
    String kind = Trees.textOrEmpty(reference, "kind");
    String version = Trees.textOrEmpty(reference, "apiVersion");
    String resource = BINDABLE.get(kind);
    if (resource == null || !version.equals("v1")) {
      throw ApiException.badRequest(
          "cannot bind token to object of type "
              + (version.contains("/") ? version : "/" + version)
              + ", Kind="
              + kind);
    }
    String name = Trees.textOrEmpty(reference, "name");
    String namespace = kind.equals("Node") ? "" : account.namespace();
    ApiException.Subject about = new ApiException.Subject("", resource, name);
    JsonNode object =
        service
            .store()
            .get(new ObjectKey(resource, namespace, name))
            .orElseThrow(() -> ApiException.notFound(about))
            .json();
    String uid = Trees.textOrEmpty(object, "metadata", "uid");
    String wanted = Trees.textOrEmpty(reference, "uid");
    if (!wanted.isEmpty() && !wanted.equals(uid)) {
      throw ApiException.conflict(
          about,
          "the UID in the bound object reference ("
              + wanted
              + ") does not match the UID in record. The object might have been deleted and then"
              + " recreated");
    }
    String runsAs = Trees.text(object, "spec", "serviceAccountName").orElse("default");
    if (kind.equals("Pod") && !runsAs.equals(account.name())) {
      throw ApiException.badRequest(
          "cannot bind token for serviceaccount \""
              + account.name()
              + "\" to pod running with different serviceaccount name.");
    }
    return new Bound(resource.substring(0, resource.length() - 1), name, uid);
  }
}
