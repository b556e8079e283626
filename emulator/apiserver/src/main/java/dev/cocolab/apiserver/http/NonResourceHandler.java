package dev.cocolab.apiserver.http;

import dev.cocolab.apiserver.discovery.DiscoveryDocuments;
import dev.cocolab.apiserver.discovery.OpenApiDocuments;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Version, health, discovery and OpenAPI. */
final class NonResourceHandler {
  private static final Set<String> HEALTH = Set.of("/healthz", "/livez", "/readyz");
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  private static final String OPEN_API_V2 = "/openapi/v2";

  /**
   * kubectl reads this document only for lists, whose items the server validates one by one. It
   * names no type, so kubectl leaves validation to the server; the schemas are in version 3. The
   * bytes are the message {@code openapi.v2.Document} with its field 1, {@code swagger}.
   */
  private static final String OPEN_API_V2_PROTOBUF =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private static final byte[] OPEN_API_V2_DOCUMENT = {0x0a, 3, '2', '.', '0'};

  private final DiscoveryDocuments discovery;
  private final OpenApiDocuments openApi;

  NonResourceHandler(DiscoveryDocuments discovery, OpenApiDocuments openApi) {
    this.discovery = discovery;
    this.openApi = openApi;
  }

  void handle(Exchange exchange, String path, String method) {
    String bare =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    Optional<ObjectNode> document = document(exchange, bare);
    boolean health =
        HEALTH.contains(bare) || HEALTH.stream().anyMatch(h -> bare.equals(h + "/ping"));
    boolean versionTwo = bare.equals(OPEN_API_V2);
    if (document.isEmpty() && !health && !versionTwo) {
      throw ApiException.unknownPath();
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      throw ApiException.methodNotAllowed();
    }
    if (health) {
      exchange.answerText(200, "ok");
      return;
    }
    if (versionTwo) {
      Exchange.send(
          exchange.request().response(),
          200,
          OPEN_API_V2_PROTOBUF,
          Buffer.buffer(OPEN_API_V2_DOCUMENT));
      return;
    }
    if (bare.startsWith("/openapi/v3/") && exchange.query().has("hash")) {
      // the URL changes with the document, so the client may keep it
      exchange
          .request()
          .response()
          .putHeader("Cache-Control", "public, max-age=31536000, immutable");
    }
    boolean aggregatable = bare.equals("/api") || bare.equals("/apis");
    if (aggregatable && !exchange.accept().aggregatedDiscovery().isEmpty()) {
      Exchange.send(
          exchange.request().response(),
          200,
          AGGREGATED,
          Buffer.buffer(Trees.MAPPER.writeValueAsBytes(discovery.aggregated(bare.equals("/api")))));
    } else {
      exchange.answer(200, document.get());
    }
  }

  private Optional<ObjectNode> document(Exchange exchange, String path) {
    switch (path) {
      case "/", "" -> {
        return Optional.of(paths());
      }
      case "/version" -> {
        return Optional.of(Version.document());
      }
      case "/api" -> {
        return Optional.of(discovery.coreVersions(exchange.request().localAddress().toString()));
      }
      case "/apis" -> {
        return Optional.of(discovery.groups());
      }
      case "/openapi/v3" -> {
        return Optional.of(openApi.index());
      }
      default -> {
        // longer paths
      }
    }
    String[] parts = path.substring(1).split("/", -1);
    if (path.startsWith("/openapi/v3/")) {
      return openApi.document(path.substring("/openapi/v3/".length()));
    }
    if (parts[0].equals("api") && parts.length == 2) {
      return discovery.resources("", parts[1]);
    }
    if (parts[0].equals("apis") && parts.length > 1 && parts[1].isEmpty()) {
      // the group without a name is below /api only
      return Optional.empty();
    }
    if (parts[0].equals("apis") && parts.length == 2) {
      return discovery.group(parts[1]);
    }
    return parts[0].equals("apis") && parts.length == 3
        ? discovery.resources(parts[1], parts[2])
        : Optional.empty();
  }

  private ObjectNode paths() {
    ObjectNode document = Trees.object();
    ArrayNode paths = document.putArray("paths");
    paths.add("/api").add("/api/v1").add("/apis");
    for (var group : discovery.groups().path("groups")) {
      String name = Trees.textOrEmpty(group, "name");
      paths.add("/apis/" + name);
      group
          .path("versions")
          .forEach(version -> paths.add("/apis/" + Trees.textOrEmpty(version, "groupVersion")));
    }
    HEALTH.stream().sorted().forEach(paths::add);
    paths.add(OPEN_API_V2).add("/openapi/v3").add("/version");
    return document;
  }
}
