package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a signature of cosign says (cosign, "Signature Specification", payload; the JSON of
 * containers' simple signing).
 *
 * @param dockerReference the name that was signed, as a rule a repository without a tag
 * @param manifestDigest the digest that was signed, as written
 */
record CosignPayload(String dockerReference, String manifestDigest) {

  static final String MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
  static final String SIGNATURE = "dev.cosignproject.cosign/signature";

  private static final String TYPE = "cosign container image signature";

  /** The format's other readers refuse a member that comes twice, and anything after the end. */
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  CosignPayload {
    Objects.requireNonNull(dockerReference, "dockerReference");
    Objects.requireNonNull(manifestDigest, "manifestDigest");
  }

  /** Throws {@link ImageException} BAD_PAYLOAD. What {@code type} says does not matter. */
  static CosignPayload parse(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      throw bad("is not JSON");
    }
    JsonNode critical = root == null ? JSON.missingNode() : root.path("critical");
    text(critical.path("type"), "critical.type");
    JsonNode optional = root == null ? JSON.missingNode() : root.path("optional");
    if (!optional.isMissingNode() && !optional.isNull() && !optional.isObject()) {
      throw bad("has something else than an object in optional");
    }
    return new CosignPayload(
        text(
            critical.path("identity").path("docker-reference"),
            "critical.identity.docker-reference"),
        text(
            critical.path("image").path("docker-manifest-digest"),
            "critical.image.docker-manifest-digest"));
  }

  private static String text(JsonNode node, String member) {
    if (!node.isString()) {
      throw bad("has no text in " + member);
    }
    return node.asString();
  }

  private static ImageException bad(String what) {
    return new ImageException(Stage.ADMISSION, Reason.BAD_PAYLOAD, "the signed payload " + what);
  }

  /** The bytes that are signed, members in cosign's order, without blanks. */
  byte[] toJson() {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode critical = root.putObject("critical");
    critical.putObject("identity").put("docker-reference", dockerReference);
    critical.putObject("image").put("docker-manifest-digest", manifestDigest);
    critical.put("type", TYPE);
    root.putNull("optional");
    return JSON.writeValueAsBytes(root);
  }
}
