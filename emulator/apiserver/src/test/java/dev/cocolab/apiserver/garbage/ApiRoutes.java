package dev.cocolab.apiserver.garbage;

import dev.cocolab.apiserver.RawClient;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.garbage.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Each resource, verb and subresource of the discovery documents, as requests that are right. */
final class ApiRoutes {
  static final String NAMESPACE = "garbage";
  private static final Set<String> OPEN =
      Set.of(
          "/",
          "/api",
          "/apis",
          "/version",
          "/healthz",
          "/livez",
          "/readyz",
          "/openapi/v2",
          "/openapi/v3");
  private static final List<String> READ =
      List.of(
          "labelSelector",
          "fieldSelector",
          "limit",
          "continue",
          "resourceVersion",
          "resourceVersionMatch",
          "timeoutSeconds",
          "watch",
          "allowWatchBookmarks",
          "sendInitialEvents");
  private static final List<String> WRITE =
      List.of("dryRun", "fieldManager", "fieldValidation", "force");
  private static final List<String> DELETE =
      List.of("gracePeriodSeconds", "propagationPolicy", "orphanDependents", "dryRun");
  private static final List<String> STREAM =
      List.of(
          "container",
          "command",
          "stdin",
          "stdout",
          "tty",
          "tailLines",
          "sinceSeconds",
          "follow",
          "limitBytes",
          "sinceTime",
          "previous",
          "timestamps");

  /** A resource or, with a slash in its name, a subresource. */
  record Resource(
      String groupVersion, String name, String kind, boolean namespaced, Set<String> verbs) {
    String root() {
      return groupVersion.equals("v1") ? "/api/v1" : "/apis/" + groupVersion;
    }

    String plural() {
      return name.replaceFirst("/.*", "");
    }

    String subresource() {
      return name.contains("/") ? name.substring(name.indexOf('/') + 1) : "";
    }

    String collection() {
      return root() + (namespaced ? "/namespaces/" + NAMESPACE : "") + "/" + plural();
    }

    boolean stored() {
      return subresource().isEmpty() && verbs.contains("get");
    }
  }

  private final List<Resource> resources = new ArrayList<>();
  private final ObjectNode bodies;

  /** Reads the discovery documents. */
  ApiRoutes(RawClient admin) {
    this.bodies = bodies();
    List<String> groupVersions = new ArrayList<>(List.of("v1"));
    for (JsonNode group : admin.get("/apis").json().path("groups")) {
      group
          .path("versions")
          .forEach(version -> groupVersions.add(Trees.textOrEmpty(version, "groupVersion")));
    }
    for (String version : groupVersions) {
      String path = version.equals("v1") ? "/api/v1" : "/apis/" + version;
      for (JsonNode found : admin.get(path).json().path("resources")) {
        resources.add(
            new Resource(
                version,
                Trees.textOrEmpty(found, "name"),
                Trees.textOrEmpty(found, "kind"),
                found.path("namespaced").booleanValue(false),
                Set.copyOf(Trees.texts(found, "verbs"))));
      }
    }
    for (String stream : List.of("exec", "attach", "portforward")) {
      resources.add(new Resource("v1", "pods/" + stream, "Pod", true, Set.of("get", "create")));
    }
  }

  private static ObjectNode bodies() {
    try (InputStream in = ApiRoutes.class.getResourceAsStream("/garbage/objects.json")) {
      return (ObjectNode) Trees.MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Resource> resources() {
    return List.copyOf(resources);
  }

  /** A body that creates the resource's object. */
  String body(Resource resource) {
    String key =
        resource.subresource().isEmpty() || bodies.has(resource.subresource())
            ? resource.name().replaceFirst(".*/", "")
            : resource.plural();
    JsonNode body = bodies.path(key);
    if (body.isMissingNode()) {
      throw new IllegalStateException("objects.json has no " + key);
    }
    return body.toString();
  }

  /** Path of the object that is there. */
  String object(Resource resource) {
    String name = Trees.textOrEmpty(bodies, resource.plural(), "metadata", "name");
    return resource.collection() + "/" + name;
  }

  List<Route> all() {
    Map<String, Route> routes = new TreeMap<>();
    OPEN.forEach(path -> add(routes, new Route("GET", path, "", "", List.of("timeout", "hash"))));
    add(routes, Route.of("GET", "/openapi/v3/apis/apps/v1", "hash"));
    add(routes, Route.of("GET", "/apis/apps"));
    for (Resource resource : resources) {
      String sub = resource.subresource();
      String named = object(resource) + (sub.isEmpty() ? "" : "/" + sub);
      String body = body(resource);
      boolean creates = resource.stored();
      for (String verb : resource.verbs()) {
        switch (verb) {
          case "get" -> add(routes, new Route("GET", named, "", "", sub.isEmpty() ? READ : STREAM));
          case "list" -> add(routes, new Route("GET", resource.collection(), "", "", READ));
          case "watch" ->
              add(
                  routes,
                  new Route(
                      "GET", resource.collection() + "?watch=true&timeoutSeconds=1", "", "", READ));
          case "create" ->
              add(
                  routes,
                  new Route(
                      "POST",
                      sub.isEmpty() ? resource.collection() : named,
                      "application/json",
                      creates ? body.replaceFirst("\"there\"", "\"made\"") : body,
                      sub.isEmpty() ? WRITE : STREAM));
          case "update" -> add(routes, new Route("PUT", named, "application/json", body, WRITE));
          case "patch" -> patches(routes, named, body, resource);
          case "delete" -> add(routes, new Route("DELETE", named, "", "", DELETE));
          case "deletecollection" ->
              add(routes, new Route("DELETE", resource.collection(), "", "", DELETE));
          default -> throw new IllegalStateException("no route for the verb " + verb);
        }
      }
    }
    return List.copyOf(routes.values());
  }

  private void patches(Map<String, Route> routes, String named, String body, Resource resource) {
    add(routes, new Route("PATCH", named, "application/merge-patch+json", body, WRITE));
    add(
        routes,
        new Route(
            "PATCH",
            named + "?x=strategic",
            "application/strategic-merge-patch+json",
            body,
            WRITE));
    add(
        routes,
        new Route(
            "PATCH",
            named + "?x=operations",
            "application/json-patch+json",
            "[{\"op\":\"replace\",\"path\":\"/metadata/labels\",\"value\":{\"a\":\"b\"}},"
                + "{\"op\":\"test\",\"path\":\"/kind\",\"value\":\""
                + resource.kind()
                + "\"},"
                + "{\"op\":\"copy\",\"from\":\"/metadata\",\"path\":\"/metadata/annotations\"}]",
            WRITE));
    ObjectNode applied = (ObjectNode) Trees.MAPPER.readTree(body);
    applied.put("apiVersion", resource.groupVersion()).put("kind", resource.kind());
    add(
        routes,
        new Route(
            "PATCH",
            named + "?fieldManager=garbage&force=true",
            "application/apply-patch+yaml",
            applied.toString(),
            WRITE));
  }

  private static void add(Map<String, Route> routes, Route route) {
    routes.put(route.toString(), route);
  }

  /**
   * What a path is, worked out here from the discovery documents and not by the server's code.
   *
   * @return the resource; empty for paths of none
   */
  Optional<Resource> resource(String target) {
    String path =
        target
            .replaceFirst("^https?://[^/]*", "")
            .replaceFirst("[?#].*", "")
            .replaceFirst("(?<=.)/$", "");
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      try {
        parts.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException notEncoded) {
        return Optional.empty();
      }
    }
    return resources.stream().filter(resource -> isPath(resource, parts)).findFirst();
  }

  private static boolean isPath(Resource resource, List<String> parts) {
    List<String> root = Arrays.asList(resource.root().split("/", -1));
    if (parts.size() <= root.size() || !parts.subList(0, root.size()).equals(root)) {
      return false;
    }
    List<String> rest = parts.subList(root.size(), parts.size());
    boolean scoped = resource.namespaced() && rest.size() > 2 && rest.get(0).equals("namespaces");
    List<String> own = scoped ? rest.subList(2, rest.size()) : rest;
    if (own.stream().anyMatch(String::isEmpty) || !own.get(0).equals(resource.plural())) {
      return false;
    }
    boolean everywhere = resource.namespaced() && !scoped;
    int wanted = resource.subresource().isEmpty() ? own.size() : 3;
    return own.size() == wanted
        && own.size() <= (everywhere ? 1 : 3)
        && (own.size() == 3) == !resource.subresource().isEmpty()
        && (own.size() < 3 || own.get(2).equals(resource.subresource()));
  }

  /** Whether the path is one of discovery, health or schemas. */
  boolean isOpen(String target) {
    String path = target.replaceFirst("[?#].*", "");
    String bare =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    Set<String> roots = new java.util.HashSet<>(OPEN);
    for (Resource resource : resources) {
      roots.add(resource.root());
      roots.add(resource.root().replaceFirst("(/apis/[^/]+)/.*", "$1"));
      roots.add("/openapi/v3" + resource.root());
    }
    List.of("/healthz", "/livez", "/readyz").forEach(path2 -> roots.add(path2 + "/ping"));
    return roots.contains(bare);
  }

  /** The verb of a method on a resource's path. */
  static String verb(String method, Resource resource, boolean named) {
    return switch (method.toUpperCase(Locale.ROOT)) {
      case "GET", "HEAD" -> named ? "get" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> named ? "delete" : "deletecollection";
      default -> "none";
    };
  }
}
