package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.schema.CustomSchema;
import dev.cocolab.apiserver.schema.TypedFields;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns a decoded body into an object of the kind that the path names: version and kind, unknown
 * fields, metadata types.
 */
final class Intake {
  private static final String METADATA = "meta/v1.PartialObjectMetadata";
  private final TypedFields fields;

  Intake(ApiTypes types) {
    this.fields = new TypedFields(types);
  }

  /** The object; it may be the body's own tree. Throws 400. */
  ObjectNode accept(ResourceType type, DecodedBody body, WriteOptions options) {
    if (!(body.root() instanceof ObjectNode object)) {
      throw ApiException.badRequest(
          body.root().isMissingNode()
              ? "the request has no body"
              : "couldn't get version/kind; json parse error: the body is no JSON object");
    }
    Trees.setDefault(object, "kind", type.kind());
    if (type.custom().isEmpty()) {
      // what a custom object is, it must say itself
      Trees.setDefault(object, "apiVersion", type.apiVersion());
    }
    checkKind(type, object);
    List<String> findings = new ArrayList<>(body.duplicates());
    findings.addAll(conform(type, object));
    if (type.structure().isPresent() && !body.order().isEmpty()) {
      // a built-in kind is decoded in one go; of a custom one, unknown fields are found afterwards
      Map<String, Integer> places = places(body.order());
      findings.sort(Comparator.comparing(finding -> places.getOrDefault(finding, -1)));
    }
    report(type, findings, options);
    return object;
  }

  /** Where each finding stands first. */
  private static Map<String, Integer> places(List<String> order) {
    Map<String, Integer> places = new HashMap<>();
    order.forEach(finding -> places.putIfAbsent(finding, places.size()));
    return places;
  }

  private static void checkKind(ResourceType type, ObjectNode object) {
    String apiVersion = Trees.textOrEmpty(object, "apiVersion");
    String kind = Trees.textOrEmpty(object, "kind");
    if (type.custom().isPresent()
        && apiVersion.equals(type.apiVersion())
        && !kind.equals(type.kind())) {
      throw ApiException.invalid(
          new ApiException.Subject(
              type.group(), kind, Trees.textOrEmpty(object, "metadata", "name")),
          List.of(Cause.invalid("kind", kind, "must be " + type.kind())));
    }
    if (!apiVersion.equals(type.apiVersion())) {
      throw ApiException.badRequest(
          "the API version in the data ("
              + apiVersion
              + ") does not match the expected API version ("
              + type.apiVersion()
              + ")");
    }
    if (!kind.equals(type.kind())) {
      throw ApiException.badRequest(
          kind
              + " in version \""
              + type.version()
              + "\" cannot be handled as a "
              + type.kind()
              + ": the kinds differ");
    }
  }

  /** Drops what the kind does not know; the sentences say what. */
  List<String> conform(ResourceType type, ObjectNode object) {
    if (type.structure().isPresent()) {
      List<String> unknown = fields.conform(object, type.structure().get());
      Trees.child(object, "metadata");
      return unknown;
    }
    List<String> unknown = new ArrayList<>();
    unknown.addAll(conformMetadata(object));
    type.custom()
        .ifPresent(custom -> unknown.addAll(new CustomSchema(custom.schema()).prune(object)));
    return unknown;
  }

  private List<String> conformMetadata(ObjectNode object) {
    Optional<ObjectNode> metadata =
        object.path("metadata") instanceof ObjectNode known ? Optional.of(known) : Optional.empty();
    ObjectNode shell = Trees.object();
    shell.put("apiVersion", Trees.textOrEmpty(object, "apiVersion"));
    if (metadata.isPresent() || object.hasNonNull("metadata")) {
      shell.set("metadata", object.path("metadata"));
    }
    List<String> unknown = fields.conform(shell, METADATA);
    Trees.child(object, "metadata");
    return unknown;
  }

  private static void report(ResourceType type, List<String> findings, WriteOptions options) {
    if (findings.isEmpty()) {
      return;
    }
    switch (options.fieldValidation()) {
      case STRICT -> {
        String sentence = "strict decoding error: " + String.join(", ", findings);
        throw ApiException.badRequest(
            type.kind()
                + " in version \""
                + type.version()
                + "\" cannot be handled as a "
                + type.kind()
                + ": "
                + sentence);
      }
      case WARN -> findings.forEach(options.warnings());
      case IGNORE -> {
        // dropped in silence, as asked
      }
    }
  }
}
