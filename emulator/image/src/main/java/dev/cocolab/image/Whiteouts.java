package dev.cocolab.image;

import dev.cocolab.image.ImageException.Reason;
import dev.cocolab.image.ImageException.Stage;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a layer takes away from the layers below it (OCI image specification, "Whiteouts"), as
 * relative paths with {@code /}.
 *
 * @param removed from {@code .wh.<name>}
 * @param opaque directories from {@code .wh..wh..opq}; the empty path is the root
 */
record Whiteouts(List<String> removed, List<String> opaque) {

  static final String PREFIX = ".wh.";
  static final String OPAQUE = ".wh..wh..opq";
  static final String RESERVED = ".wh..wh.";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  Whiteouts {
    removed = List.copyOf(removed);
    opaque = List.copyOf(opaque);
  }

  boolean isEmpty() {
    return removed.isEmpty() && opaque.isEmpty();
  }

  byte[] toJson() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode first = root.putArray("removed");
    removed.forEach(first::add);
    ArrayNode second = root.putArray("opaque");
    opaque.forEach(second::add);
    return JSON.writeValueAsBytes(root);
  }

  static Whiteouts fromJson(byte[] bytes) {
    try {
      JsonNode root = JSON.readTree(bytes);
      return new Whiteouts(texts(root.path("removed")), texts(root.path("opaque")));
    } catch (JacksonException e) {
      throw new ImageException(
          Stage.STORE, Reason.STORAGE, "the image cache is damaged: whiteouts of a layer", e);
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> values = new ArrayList<>();
    list.forEach(value -> values.add(value.asString()));
    return values;
  }
}
