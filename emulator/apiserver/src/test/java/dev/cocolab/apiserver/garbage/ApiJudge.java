package dev.cocolab.apiserver.garbage;

import dev.cocolab.apiserver.garbage.ApiRoutes.Resource;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm.Judge;
import dev.cocolab.garbage.WireAnswer;
import dev.cocolab.garbage.WireRequest;
import dev.cocolab.garbage.WireRequest.Framing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What holds for each answer of the API server, whoever asked. */
final class ApiJudge implements Judge {
  private static final Set<String> WRITES = Set.of("POST", "PUT", "PATCH", "DELETE");

  /** Failures that a real server answers so, too: the request, not the server, is at fault. */
  private static final String IMPERSONATION = "Impersonate-Extra";

  private static final List<String> TRUE_FAILURES =
      List.of(
          "503 this server has no access to kubelets",
          "504 Too large resource version",
          "500 failed to create typed patch object",
          "500 requested a group, a uid or extra of somebody without impersonating a user");

  private final ApiRoutes routes;

  ApiJudge(ApiRoutes routes) {
    this.routes = routes;
  }

  @Override
  public Optional<String> fault(Route route, WireRequest request, WireAnswer answer) {
    boolean refusedByHttp =
        request.framing() != Framing.WELL_FORMED && !answer.header("content-type").contains("json");
    if (answer.code() >= 400) {
      boolean version = answer.code() == 501 && request.framing() == Framing.AMBIGUOUS;
      return refusedByHttp && (version || answer.code() < 500)
          ? Optional.empty()
          : refusal(request, answer);
    }
    if (answer.code() == 101) {
      return request.upgrade() && request.method().equals("GET")
          ? Optional.empty()
          : Optional.of("an upgrade nobody asked for");
    }
    if (!answer.success()) {
      return Optional.of("an answer that the API does not have");
    }
    return request.illegal() ? Optional.of("headers that are none were taken") : success(request);
  }

  private static Optional<String> refusal(WireRequest request, WireAnswer answer) {
    if (request.method().equals("HEAD")) {
      boolean impersonation =
          new String(request.bytes(), StandardCharsets.ISO_8859_1).contains(IMPERSONATION);
      return answer.code() < 500 || impersonation
          ? Optional.empty()
          : Optional.of("a failure of the server");
    }
    JsonNode status;
    try {
      status = Trees.MAPPER.readTree(answer.body());
    } catch (JacksonException notJson) {
      return Optional.of("a refusal that is no JSON");
    }
    boolean wellFormed =
        Trees.textOrEmpty(status, "kind").equals("Status")
            && Trees.textOrEmpty(status, "apiVersion").equals("v1")
            && Trees.textOrEmpty(status, "status").equals("Failure")
            && Trees.number(status, "code").orElse(0) == answer.code()
            && !Trees.textOrEmpty(status, "message").isEmpty()
            && answer.header("content-type").equals("application/json");
    if (!wellFormed) {
      return Optional.of("a refusal that is no Status");
    }
    String said = answer.code() + " " + Trees.textOrEmpty(status, "message");
    boolean failure = answer.code() >= 500 && TRUE_FAILURES.stream().noneMatch(said::startsWith);
    return failure ? Optional.of("a failure of the server") : Optional.empty();
  }

  private Optional<String> success(WireRequest request) {
    String method = request.method();
    boolean one = request.framing() != WireRequest.Framing.AMBIGUOUS;
    if (request.unreadable() && one && WRITES.contains(method)) {
      return Optional.of("a body that nobody can read was taken");
    }
    String target = request.target().replaceFirst("^https?://[^/]*", "");
    Optional<Resource> resource = routes.resource(target);
    if (resource.isEmpty()) {
      boolean open = routes.isOpen(target) && Set.of("GET", "HEAD").contains(method);
      return open ? Optional.empty() : Optional.of("success on a path that is not there");
    }
    Resource found = resource.get();
    boolean named = !found.subresource().isEmpty() || !isCollection(found, target);
    String verb = ApiRoutes.verb(method, found, named);
    boolean served =
        found.verbs().contains(verb)
            || (verb.equals("get") && found.verbs().contains("list"))
            || (method.equalsIgnoreCase("GET") && found.verbs().contains("watch"));
    return served
        ? Optional.empty()
        : Optional.of("success of a method that is not there: " + verb);
  }

  private static boolean isCollection(Resource resource, String target) {
    String path = target.replaceFirst("[?#].*", "");
    return path.substring(path.lastIndexOf('/') + 1).equals(resource.plural())
        || (!path.contains("%") && path.endsWith("/" + resource.plural()));
  }
}
