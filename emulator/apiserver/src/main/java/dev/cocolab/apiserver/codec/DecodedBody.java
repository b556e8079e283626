package dev.cocolab.apiserver.codec;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A request body as a tree.
 *
 * @param root the value; a missing node for an empty body
 * @param duplicates one sentence for each key that stood twice in an object
 */
public record DecodedBody(JsonNode root, List<String> duplicates) {
  public DecodedBody {
    duplicates = List.copyOf(duplicates);
  }
}
