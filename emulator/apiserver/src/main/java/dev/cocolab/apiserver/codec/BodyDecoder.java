package dev.cocolab.apiserver.codec;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceRegistry;
import dev.cocolab.apiserver.schema.ApiTypes;
import dev.cocolab.apiserver.status.ApiException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Turns bodies into trees: JSON, YAML, and protobuf for the kinds the table of API types has. */
public final class BodyDecoder {
  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final String ACCEPTED =
      "application/json, application/yaml, application/vnd.kubernetes.protobuf";

  /** Kinds that are sent but not stored. */
  private static final Map<String, String> TRANSIENT =
      Map.ofEntries(
          Map.entry("v1/DeleteOptions", "meta/v1.DeleteOptions"),
          Map.entry("meta.k8s.io/v1/DeleteOptions", "meta/v1.DeleteOptions"),
          Map.entry("v1/Binding", "core/v1.Binding"),
          Map.entry("policy/v1/Eviction", "policy/v1.Eviction"),
          Map.entry("autoscaling/v1/Scale", "autoscaling/v1.Scale"),
          Map.entry("authentication.k8s.io/v1/TokenRequest", "authentication/v1.TokenRequest"),
          Map.entry("authentication.k8s.io/v1/TokenReview", "authentication/v1.TokenReview"),
          Map.entry(
              "authentication.k8s.io/v1/SelfSubjectReview", "authentication/v1.SelfSubjectReview"),
          Map.entry(
              "authorization.k8s.io/v1/SubjectAccessReview",
              "authorization/v1.SubjectAccessReview"),
          Map.entry(
              "authorization.k8s.io/v1/LocalSubjectAccessReview",
              "authorization/v1.LocalSubjectAccessReview"),
          Map.entry(
              "authorization.k8s.io/v1/SelfSubjectAccessReview",
              "authorization/v1.SelfSubjectAccessReview"),
          Map.entry(
              "authorization.k8s.io/v1/SelfSubjectRulesReview",
              "authorization/v1.SelfSubjectRulesReview"));

  private final ApiTypes types;
  private final ResourceRegistry registry;

  public BodyDecoder(ApiTypes types, ResourceRegistry registry) {
    this.types = types;
    this.registry = registry;
  }

  /**
   * Decodes by media type.
   *
   * @param contentType header value; empty is read as JSON
   * @throws ApiException 415 for another media type, 400 for bytes that do not parse
   */
  public DecodedBody decode(String contentType, byte[] body) {
    String media = mediaType(contentType);
    return switch (media) {
      case "", "application/json" -> json(body);
      case "application/yaml", "application/x-yaml", "text/yaml" -> yaml(body);
      case "application/vnd.kubernetes.protobuf" -> new DecodedBody(protobuf(body), List.of());
      default -> throw ApiException.unsupportedMediaType(ACCEPTED);
    };
  }

  /** Media type in lower case without parameters. */
  public static String mediaType(String contentType) {
    int semicolon = contentType.indexOf(';');
    return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  public DecodedBody json(byte[] body) {
    try {
      return TreeReader.json(body);
    } catch (JacksonException e) {
      throw ApiException.badRequest(
          "the object provided is unrecognized: json parse error: " + e.getOriginalMessage());
    }
  }

  public DecodedBody yaml(byte[] body) {
    try {
      return TreeReader.yaml(body);
    } catch (JacksonException e) {
      throw ApiException.badRequest("error converting YAML to JSON: " + e.getOriginalMessage());
    }
  }

  /**
   * Envelope: {@code k8s\0}, then runtime.Unknown with type meta (1) and the object's bytes (2).
   */
  private ObjectNode protobuf(byte[] body) {
    if (body.length < MAGIC.length
        || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw ApiException.badRequest(
          "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
    }
    try {
      String apiVersion = "";
      String kind = "";
      byte[] raw = {};
      ProtobufInput in = new ProtobufInput(Arrays.copyOfRange(body, MAGIC.length, body.length));
      while (!in.atEnd()) {
        int tag = in.tag();
        switch (tag >>> 3) {
          case 1 -> {
            ProtobufInput meta = in.nested(tag & 7);
            while (!meta.atEnd()) {
              int field = meta.tag();
              switch (field >>> 3) {
                case 1 -> apiVersion = meta.string(field & 7);
                case 2 -> kind = meta.string(field & 7);
                default -> meta.skip(field & 7);
              }
            }
          }
          case 2 -> raw = in.bytes(tag & 7);
          default -> in.skip(tag & 7);
        }
      }
      ObjectNode object = Trees.object().put("kind", kind).put("apiVersion", apiVersion);
      object.setAll(new ProtobufReader(types).read(raw, structure(apiVersion, kind)));
      return object;
    } catch (ProtobufInput.Malformed | JacksonException e) {
      throw ApiException.badRequest("unable to decode the protobuf body: " + e.getMessage());
    }
  }

  private String structure(String apiVersion, String kind) {
    String name = TRANSIENT.get(apiVersion + "/" + kind);
    if (name == null && kind.equals("DeleteOptions")) {
      name = "meta/v1.DeleteOptions";
    }
    if (name != null) {
      return name;
    }
    Optional<String> stored =
        registry.types().stream()
            .filter(type -> type.kind().equals(kind) && type.apiVersion().equals(apiVersion))
            .findFirst()
            .flatMap(type -> type.structure());
    return stored.orElseThrow(
        () ->
            ApiException.badRequest(
                "no kind \""
                    + kind
                    + "\" is registered for version \""
                    + apiVersion
                    + "\" that can be read as protobuf"));
  }
}
