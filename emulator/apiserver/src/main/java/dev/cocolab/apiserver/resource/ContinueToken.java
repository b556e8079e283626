package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.store.ObjectKey;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Where a page ended: opaque to clients, base64url of JSON. */
record ContinueToken(long revision, String namespace, String name) {

  static Optional<ContinueToken> parse(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode node = Trees.MAPPER.readTree(Base64.getUrlDecoder().decode(text));
      long revision = Trees.number(node, "rv").orElse(0);
      if (revision > 0) {
        return Optional.of(
            new ContinueToken(
                revision, Trees.textOrEmpty(node, "ns"), Trees.textOrEmpty(node, "name")));
      }
    } catch (IllegalArgumentException | JacksonException e) {
      throw invalid();
    }
    throw invalid();
  }

  private static ApiException invalid() {
    return ApiException.badRequest(
        "continue key is not valid: encoded continue token is not in the right format");
  }

  String text() {
    byte[] json =
        Trees.MAPPER.writeValueAsBytes(
            Trees.object().put("rv", revision).put("ns", namespace).put("name", name));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json);
  }

  ObjectKey after(String resource) {
    return new ObjectKey(resource, namespace, name);
  }
}
