package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads manifests, indexes and image configurations; what is not one is refused, never guessed. */
final class ManifestReader {

  static final int LAYER_LIMIT = 127;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ManifestReader() {}

  static JsonNode json(byte[] bytes, Reason reason, String what) {
    try {
      JsonNode root = JSON.readTree(bytes);
      if (root != null && root.isObject()) {
        return root;
      }
    } catch (JacksonException e) {
      throw new ImageException(Stage.MANIFEST, reason, what + " is not JSON", e);
    }
    throw new ImageException(Stage.MANIFEST, reason, what + " is not a JSON object");
  }

  /** The media type: that of the document, else that of the answer's header without parameters. */
  static String mediaType(JsonNode document, String header) {
    JsonNode own = document.get("mediaType");
    if (own != null && own.isString()) {
      return own.asString();
    }
    int semicolon = header.indexOf(';');
    String type = (semicolon < 0 ? header : header.substring(0, semicolon)).strip();
    if (MediaTypes.INDEXES.contains(type) || MediaTypes.MANIFESTS.contains(type)) {
      return type;
    }
    return document.has("manifests") ? MediaTypes.OCI_INDEX : MediaTypes.OCI_MANIFEST;
  }

  static ImageManifest manifest(JsonNode document, Digest digest, Optional<Digest> index) {
    List<Descriptor> layers = new ArrayList<>();
    for (JsonNode layer : array(document, "layers")) {
      layers.add(descriptor(layer));
    }
    if (layers.size() > LAYER_LIMIT) {
      throw bad("more than " + LAYER_LIMIT + " layers");
    }
    return new ImageManifest(digest, index, descriptor(document.path("config")), layers);
  }

  /** The first entry for the platform; entries without a platform are passed over. */
  static Descriptor choose(JsonNode document, Platform wanted, ImageReference image) {
    for (JsonNode entry : array(document, "manifests")) {
      JsonNode platform = entry.path("platform");
      if (platform.path("os").asString("").equals(wanted.os())
          && platform.path("architecture").asString("").equals(wanted.architecture())) {
        return descriptor(entry);
      }
    }
    throw new ImageException(
        Stage.MANIFEST,
        Reason.NO_MATCHING_PLATFORM,
        "Image manifest not found: no entry for " + wanted + " in the index of " + image);
  }

  static Descriptor descriptor(JsonNode node) {
    JsonNode size = node.path("size");
    if (!node.path("mediaType").isString()
        || !node.path("digest").isString()
        || !size.canConvertToLong()) {
      throw bad("descriptor without mediaType, digest or size");
    }
    if (size.asLong() < 0) {
      throw bad("descriptor with a negative size");
    }
    try {
      Digest digest = Digest.parse(node.path("digest").asString());
      return new Descriptor(
          node.path("mediaType").asString(), digest, size.asLong(), strings(node, "annotations"));
    } catch (ImageException e) {
      throw new ImageException(
          Stage.MANIFEST, Reason.BAD_MANIFEST, "bad manifest: " + e.getMessage(), e);
    }
  }

  private static List<JsonNode> array(JsonNode document, String member) {
    JsonNode node = document.path(member);
    if (!node.isArray()) {
      throw bad("no list \"" + member + "\"");
    }
    List<JsonNode> values = new ArrayList<>();
    node.forEach(values::add);
    return values;
  }

  private static Map<String, String> strings(JsonNode node, String member) {
    Map<String, String> found = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.path(member).properties()) {
      if (entry.getValue().isString()) {
        found.put(entry.getKey(), entry.getValue().asString());
      }
    }
    return found;
  }

  private static ImageException bad(String what) {
    return new ImageException(Stage.MANIFEST, Reason.BAD_MANIFEST, "bad manifest: " + what);
  }

  static ImageConfig config(byte[] bytes) {
    JsonNode root = json(bytes, Reason.BAD_CONFIG, "image configuration");
    JsonNode config = root.path("config");
    List<Digest> diffIds = new ArrayList<>();
    for (String diffId : list(root.path("rootfs"), "diff_ids")) {
      try {
        diffIds.add(Digest.parse(diffId));
      } catch (ImageException e) {
        throw new ImageException(
            Stage.MANIFEST, Reason.BAD_CONFIG, "bad diff id: " + e.getMessage(), e);
      }
    }
    return new ImageConfig(
        list(config, "Env"),
        list(config, "Entrypoint"),
        list(config, "Cmd"),
        config.path("User").asString(""),
        config.path("WorkingDir").asString(""),
        strings(config, "Labels"),
        diffIds);
  }

  private static List<String> list(JsonNode node, String member) {
    List<String> values = new ArrayList<>();
    for (JsonNode value : node.path(member)) {
      if (!value.isString()) {
        throw new ImageException(
            Stage.MANIFEST,
            Reason.BAD_CONFIG,
            "image configuration: " + member + " is no text list");
      }
      values.add(value.asString());
    }
    return values;
  }
}
