package dev.cocolab.apiserver.codec;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A request body as a tree.
 *
 * @param root the value; a missing node for an empty body
 * @param duplicates one sentence for each key that stood twice in an object
 * @param duplicateLines the same as YAML parsers say it, with lines
 * @param order where there are duplicates: what there is to say about each key if it is unknown or
 *     stands there again, in order
 */
public record DecodedBody(
    JsonNode root, List<String> duplicates, List<String> duplicateLines, List<String> order) {
  public DecodedBody(JsonNode root, List<String> duplicates) {
    this(root, duplicates, List.of(), List.of());
  }

  public DecodedBody {
    duplicates = List.copyOf(duplicates);
    duplicateLines = List.copyOf(duplicateLines);
    order = List.copyOf(order);
  }
}
