package dev.cocolab.apiserver.garbage;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.RawClient.Answer;
import dev.cocolab.apiserver.garbage.ApiRoutes.Resource;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.garbage.Route;
import dev.cocolab.garbage.Storm.Judge;
import dev.cocolab.garbage.WireAnswer;
import dev.cocolab.garbage.WireRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares what an administrator's writes are answered with what the store then holds: as answered
 * after a success, untouched after a dry run. Puts back what the garbage removed.
 */
final class StoreCheck implements Judge {
  private static final Pattern DRY = Pattern.compile("[?&]dryRun=All(&|$)");
  private static final Set<String> FORMS =
      Set.of("Table", "PartialObjectMetadata", "PartialObjectMetadataList");

  /** Kinds that take others with them when they go, or go slowly. */
  private static final Set<String> EVERYTHING =
      Set.of("namespaces", "customresourcedefinitions", "pods");

  /** Refusals before anything is looked at; the others are worth a look at the store. */
  private static final Set<Integer> NOT_TRIED = Set.of(400, 401, 403, 404, 405, 413, 415);

  private static final String CUSTOM =
      "/apis/garbage.test/v1/namespaces/" + ApiRoutes.NAMESPACE + "/wastes";

  private final ApiRoutes routes;
  private final RawClient admin;
  private final Judge general;
  private Optional<JsonNode> definition = Optional.empty();
  private long revision;

  StoreCheck(ApiRoutes routes, RawClient admin) {
    this.routes = routes;
    this.admin = admin;
    this.general = new ApiJudge(routes);
  }

  long revision() {
    JsonNode list = admin.get("/api/v1/limitranges?limit=1").json();
    return Long.parseLong(Trees.textOrEmpty(list, "metadata", "resourceVersion"));
  }

  /** Makes whatever is missing; garbage may have removed it. */
  void restore() {
    String space = "/api/v1/namespaces/" + ApiRoutes.NAMESPACE;
    JsonNode namespace = admin.get(space).json();
    if (namespace.path("metadata").has("deletionTimestamp")) {
      release(space, namespace);
    }
    make("/api/v1/namespaces", space, "{'metadata':{'name':'" + ApiRoutes.NAMESPACE + "'}}");
    redefine();
    for (Resource resource : routes.resources()) {
      if (resource.stored()) {
        make(resource.collection(), routes.object(resource), routes.body(resource));
      }
    }
    revision = revision();
  }

  /** Takes both kinds of finalizers off a namespace that is going; garbage may have added some. */
  private void release(String space, JsonNode namespace) {
    ObjectNode free = (ObjectNode) namespace;
    ((ObjectNode) free.path("metadata")).remove("finalizers");
    Answer updated = admin.send("PUT", space, free.toString());
    Answer finalized =
        admin.send(
            "PUT", space + "/finalize", "{'metadata':{'name':'garbage'},'spec':{'finalizers':[]}}");
    if (admin.get(space).code() != 404) {
      throw new IllegalStateException(
          space + " does not go: " + updated.body() + ", " + finalized.body());
    }
  }

  /**
   * The definition of the routes under test, as it was. Garbage may have left one that serves
   * nothing or something else, or one whose finalizers keep it from going.
   */
  private void redefine() {
    Resource resource =
        routes.resources().stream()
            .filter(any -> any.stored() && any.plural().equals("customresourcedefinitions"))
            .findFirst()
            .orElseThrow();
    String path = routes.object(resource);
    JsonNode held = admin.get(path).json();
    boolean going = held.path("metadata").has("deletionTimestamp");
    boolean same = definition.filter(held.path("spec")::equals).isPresent();
    if (!same || going || admin.get(CUSTOM).code() == 404) {
      for (JsonNode any : admin.get(resource.collection()).json().path("items")) {
        // another definition of garbage may hold the names
        if (Trees.textOrEmpty(any, "spec", "group").equals("garbage.test")) {
          releaseInstances(any.path("spec"));
          remove(resource.collection() + "/" + Trees.textOrEmpty(any, "metadata", "name"));
        }
      }
      make(resource.collection(), path, routes.body(resource));
      definition = Optional.of(admin.get(path).json().path("spec"));
    }
  }

  /** A definition goes when its last object has gone; garbage may have given one finalizers. */
  private void releaseInstances(JsonNode spec) {
    String plural = Trees.textOrEmpty(spec, "names", "plural");
    for (JsonNode version : spec.path("versions")) {
      String root = "/apis/garbage.test/" + Trees.textOrEmpty(version, "name") + "/";
      for (JsonNode held : admin.get(root + plural).json().path("items")) {
        ObjectNode free = (ObjectNode) held;
        ((ObjectNode) free.path("metadata")).remove("finalizers");
        String space = Trees.textOrEmpty(held, "metadata", "namespace");
        admin.send(
            "PUT",
            root
                + (space.isEmpty() ? "" : "namespaces/" + space + "/")
                + plural
                + "/"
                + encoded(Trees.textOrEmpty(held, "metadata", "name")),
            free.toString());
      }
    }
  }

  private void remove(String path) {
    ObjectNode free = (ObjectNode) admin.get(path).json();
    ((ObjectNode) free.path("metadata")).remove("finalizers");
    admin.send("PUT", path, free.toString());
    Answer removed = admin.send("DELETE", path, "");
    if (admin.get(path).code() != 404) {
      throw new IllegalStateException(path + " does not go: " + removed.body());
    }
  }

  private void make(String collection, String object, String body) {
    if (admin.get(object).code() == 200) {
      return;
    }
    Answer made = admin.send("POST", collection, body);
    if (made.code() != 201) {
      throw new IllegalStateException(collection + ": " + made.body());
    }
  }

  @Override
  public Optional<String> fault(Route route, WireRequest request, WireAnswer answer) {
    Optional<String> wrong = general.fault(route, request, answer);
    boolean write = !Set.of("GET", "HEAD").contains(request.method());
    if (wrong.isPresent()) {
      revision = revision();
    }
    if (wrong.isPresent() || !write) {
      return wrong;
    }
    if (!answer.success()) {
      return NOT_TRIED.contains(answer.code()) || revision() == revision
          ? Optional.empty()
          : Optional.of("a write was refused with %d and done".formatted(answer.code()));
    }
    Optional<Resource> resource = routes.resource(request.target());
    if (resource.isEmpty() || resource.get().verbs().equals(Set.of("create"))) {
      revision = revision();
      return Optional.empty();
    }
    if (DRY.matcher(request.target()).find()) {
      return revision() == revision ? Optional.empty() : Optional.of("a dry run wrote");
    }
    Optional<String> difference = compared(request, answer);
    cleanUp(resource.get(), request);
    return difference;
  }

  private Optional<String> compared(WireRequest request, WireAnswer answer) {
    JsonNode said = Trees.MAPPER.readTree(answer.body());
    String kind = Trees.textOrEmpty(said, "kind");
    if (FORMS.contains(kind) || kind.endsWith("List")) {
      return Optional.empty();
    }
    String path = path(request, said);
    Answer stored = admin.get(path);
    if (request.method().equals("DELETE")) {
      boolean going =
          stored.code() == 404 || stored.json().path("metadata").has("deletionTimestamp");
      boolean replaced = !uid(said).equals(uid(stored.json()));
      return going || replaced ? Optional.empty() : Optional.of("what was deleted is still there");
    }
    JsonNode held = stored.json();
    boolean dying = said.path("metadata").has("deletionTimestamp");
    if (dying && stored.code() == 404) {
      return Optional.empty();
    }
    return stored.code() == 200 && held.equals(said)
        ? Optional.empty()
        : Optional.of("the store holds something else than was answered: " + stored.body());
  }

  private static String path(WireRequest request, JsonNode said) {
    String path =
        request
            .target()
            .replaceFirst("^https?://[^/]*", "")
            .replaceFirst("[?#].*", "")
            .replaceFirst("/$", "");
    return request.method().equals("POST")
        ? path + "/" + encoded(Trees.textOrEmpty(said, "metadata", "name"))
        : request.path().replaceFirst("/$", "").endsWith("/finalize")
            ? path.replaceFirst("/[^/]*$", "")
            : path;
  }

  /** Some kinds take nearly any name. */
  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String uid(JsonNode answer) {
    return Trees.text(answer, "metadata", "uid")
        .orElse(Trees.textOrEmpty(answer, "details", "uid"));
  }

  private void cleanUp(Resource resource, WireRequest request) {
    boolean everything = EVERYTHING.contains(resource.plural());
    if (request.method().equals("POST")) {
      admin.send("DELETE", resource.collection() + "/made?gracePeriodSeconds=0", "");
    } else if (request.method().equals("DELETE") && !everything) {
      make(resource.collection(), routes.object(resource), routes.body(resource));
    }
    if (everything) {
      restore();
    } else {
      revision = revision();
    }
  }
}
