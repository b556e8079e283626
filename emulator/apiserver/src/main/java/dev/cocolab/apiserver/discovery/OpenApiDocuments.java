package dev.cocolab.apiserver.discovery;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.registry.ResourceType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * OpenAPI v3 as far as kubectl needs it to leave validation to the server: for each kind a path
 * whose operations name the kind and the query parameter {@code fieldValidation}, and the schema of
 * the kind.
 */
public final class OpenApiDocuments {
  private final ResourceRegistry registry;
  private final OpenApiSchemas schemas;

  public OpenApiDocuments(ResourceRegistry registry, OpenApiSchemas schemas) {
    this.registry = registry;
    this.schemas = schemas;
  }

  /** {@code GET /openapi/v3}: where the document of each group and version is. */
  public ObjectNode index() {
    ObjectNode document = Trees.object();
    ObjectNode paths = document.putObject("paths");
    for (String path : groupVersions()) {
      ObjectNode entry = paths.putObject(path);
      entry.put("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + hash(path));
    }
    return document;
  }

  private Set<String> groupVersions() {
    Set<String> found = new LinkedHashSet<>();
    for (ResourceType type : registry.types()) {
      found.add(path(type));
    }
    return found;
  }

  private static String path(ResourceType type) {
    return type.group().isEmpty()
        ? "api/" + type.version()
        : "apis/" + type.group() + "/" + type.version();
  }

  /** Changes when the document does, so that clients may keep it. */
  private String hash(String path) {
    int hash = 7;
    for (ResourceType type : registry.types()) {
      if (path(type).equals(path)) {
        hash = 31 * hash + type.hashCode();
      }
    }
    return Integer.toHexString(hash);
  }

  /** {@code GET /openapi/v3/api/v1} and so on; empty when it is not served. */
  public Optional<ObjectNode> document(String path) {
    List<ResourceType> types =
        registry.types().stream().filter(type -> path(type).equals(path)).toList();
    if (types.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode document = Trees.object().put("openapi", "3.0.0");
    document.putObject("info").put("title", "Kubernetes").put("version", "unversioned");
    ObjectNode paths = document.putObject("paths");
    ObjectNode components = Trees.object();
    for (ResourceType type : types) {
      String base =
          "/" + path + (type.namespaced() ? "/namespaces/{namespace}" : "") + "/" + type.plural();
      ObjectNode collection = paths.putObject(base);
      operation(collection, "post", "post", type);
      operation(collection, "get", "list", type);
      ObjectNode single = paths.putObject(base + "/{name}");
      operation(single, "get", "get", type);
      operation(single, "put", "put", type);
      operation(single, "patch", "patch", type);
      operation(single, "delete", "delete", type);
      schemas.add(type, components);
    }
    document.putObject("components").set("schemas", components);
    return Optional.of(document);
  }

  private static void operation(ObjectNode path, String method, String action, ResourceType type) {
    ObjectNode operation = path.putObject(method);
    operation.put("x-kubernetes-action", action);
    operation
        .putObject("x-kubernetes-group-version-kind")
        .put("group", type.group())
        .put("kind", type.kind())
        .put("version", type.version());
    ArrayNode parameters = operation.putArray("parameters");
    if (!method.equals("get")) {
      parameter(parameters, "dryRun");
    }
    if (!method.equals("get") && !method.equals("delete")) {
      parameter(parameters, "fieldManager");
      parameter(parameters, "fieldValidation");
    }
    operation
        .putObject("responses")
        .putObject("200")
        .put("description", "OK")
        .putObject("content")
        .putObject("application/json")
        .putObject("schema")
        .put("$ref", "#/components/schemas/" + OpenApiSchemas.name(type));
  }

  private static void parameter(ArrayNode parameters, String name) {
    parameters
        .addObject()
        .put("in", "query")
        .put("name", name)
        .putObject("schema")
        .put("type", "string");
  }
}
