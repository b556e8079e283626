package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.codec.BodyDecoder;
import dev.cocolab.apiserver.codec.DecodedBody;
import dev.cocolab.apiserver.patch.MergePatch;
import dev.cocolab.apiserver.patch.OperationsPatch;
import dev.cocolab.apiserver.patch.PatchRefused;
import dev.cocolab.apiserver.patch.StrategicMergePatch;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import dev.cocolab.apiserver.status.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The patches, by media type; server-side apply is {@link Applies}. */
public final class Patches {
  private static final String JSON_PATCH = "application/json-patch+json";
  private static final String MERGE_PATCH = "application/merge-patch+json";
  private static final String STRATEGIC = "application/strategic-merge-patch+json";

  private static final Set<String> OPERATION = Set.of("op", "path", "from", "value");

  private final ResourceWriter writer;
  private final StrategicMergePatch strategic;
  private final BodyDecoder decoder;

  Patches(ResourceWriter writer, ApiTypes types, BodyDecoder decoder) {
    this.writer = writer;
    this.strategic = new StrategicMergePatch(types);
    this.decoder = decoder;
  }

  /**
   * Patches an object.
   *
   * @param mediaType without parameters
   * @param body bytes of the patch
   * @throws ApiException 400 for a patch that is none, 415 for an unknown media type, 422 for one
   *     that does not fit
   */
  public ObjectNode patch(
      Target target, Part part, String mediaType, byte[] body, WriteOptions options) {
    UnaryOperator<ObjectNode> edit = edit(target.type(), mediaType, body, options);
    return writer.patch(target, part, edit, options);
  }

  /** Patches the Scale of an object; a strategic patch of a Scale is a merge patch. */
  public ObjectNode patchScale(
      Subresources subresources,
      Target target,
      String mediaType,
      byte[] body,
      WriteOptions options) {
    String effective = mediaType.equals(STRATEGIC) ? MERGE_PATCH : mediaType;
    return subresources.changeScale(target, edit(target.type(), effective, body, options), options);
  }

  /** The change that a patch makes to any tree of the given kind. */
  UnaryOperator<ObjectNode> edit(
      ResourceType type, String mediaType, byte[] body, WriteOptions options) {
    requireKnown(type, mediaType);
    DecodedBody decoded = decoder.json(body);
    report(mediaType, decoded, body, options);
    JsonNode patch = decoded.root();
    return before -> {
      try {
        JsonNode after =
            switch (mediaType) {
              case JSON_PATCH -> OperationsPatch.apply(before, patch);
              case MERGE_PATCH -> MergePatch.apply(before, requireObject(patch));
              default ->
                  strategic.apply(before, requireObject(patch), type.structure().orElseThrow());
            };
        return requireObject(after);
      } catch (PatchRefused e) {
        throw refused(e);
      }
    };
  }

  /** What is strange about the patch itself, whatever it makes of an object. */
  private static void report(
      String mediaType, DecodedBody decoded, byte[] body, WriteOptions options) {
    List<String> findings = new ArrayList<>(decoded.duplicates());
    if (mediaType.equals(JSON_PATCH)) {
      for (int i = 0; i < decoded.root().size(); i++) {
        for (String name : decoded.root().path(i).propertyNames()) {
          if (!OPERATION.contains(name)) {
            findings.add("unknown field \"[" + i + "]." + name + "\"");
          }
        }
      }
      findings.replaceAll(finding -> "json patch " + finding);
    }
    if (findings.isEmpty()) {
      return;
    }
    switch (options.fieldValidation()) {
      case STRICT ->
          throw ApiException.invalid(
              new ApiException.Subject("", "", ""),
              List.of(
                  Cause.invalid(
                      "patch",
                      new String(body, StandardCharsets.UTF_8),
                      "strict decoding error: " + String.join(", ", findings))));
      case WARN -> findings.forEach(options.warnings());
      case IGNORE -> {
        // the last one counts
      }
    }
  }

  private static void requireKnown(ResourceType type, String mediaType) {
    boolean known =
        mediaType.equals(JSON_PATCH)
            || mediaType.equals(MERGE_PATCH)
            || (mediaType.equals(STRATEGIC) && type.structure().isPresent());
    if (!known) {
      throw ApiException.unsupportedMediaType(
          JSON_PATCH
              + ", "
              + MERGE_PATCH
              + (type.structure().isPresent() ? ", " + STRATEGIC : "")
              + ", "
              + Applies.MEDIA_TYPE);
    }
  }

  private static ObjectNode requireObject(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.badRequest(
        "error decoding patch: json: cannot unmarshal "
            + kindOf(node)
            + " into Go value of type map[string]interface {}");
  }

  private static String kindOf(JsonNode node) {
    return node.isMissingNode()
        ? "nothing"
        : node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
  }

  private static ApiException refused(PatchRefused e) {
    return e.isMalformed()
        ? ApiException.badRequest(e.getMessage())
        : ApiException.of(
            Reason.INVALID, "the server rejected our request due to an error in our request");
  }
}
