package dev.cocolab.tee.tamper;

import dev.cocolab.tee.TeeException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A member of evidence that is bytes.
 *
 * @param path names of members, and positions in lists as decimal numbers
 * @param encoding how the bytes are written
 */
record Part(List<String> path, Encoding encoding) {

  Part {
    path = List.copyOf(path);
  }

  static Part of(Encoding encoding, String... path) {
    return new Part(List.of(path), encoding);
  }

  /** The path joined by dots. */
  String name() {
    return String.join(".", path);
  }

  byte[] decode(JsonNode evidence) {
    return encoding
        .decode(at(evidence, path))
        .orElseThrow(
            () ->
                new TeeException(
                    TeeException.Reason.EVIDENCE_MALFORMED,
                    "the evidence has no readable member " + name()));
  }

  /** Writes the bytes into the evidence. */
  void encode(ObjectNode evidence, byte[] bytes) {
    JsonNode parent = at(evidence, path.subList(0, path.size() - 1));
    JsonNode value = encoding.encode(bytes, at(evidence, path));
    String last = path.get(path.size() - 1);
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(last), value);
    } else {
      ((ObjectNode) parent).set(last, value);
    }
  }

  static JsonNode at(JsonNode evidence, List<String> path) {
    JsonNode value = evidence;
    for (String step : path) {
      value = value.isArray() ? value.path(Integer.parseInt(step)) : value.path(step);
    }
    return value;
  }
}
