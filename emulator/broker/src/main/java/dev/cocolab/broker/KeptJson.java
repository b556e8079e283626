package dev.cocolab.broker;

import java.util.Base64;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON that is kept as text and parsed when it is read. A journal keeps thousands of documents, of
 * which hardly any is read; as trees they would be ten times as large, and a collector would walk
 * through every node of them again and again. Immutable.
 */
public final class KeptJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** Where the text is. */
  private interface Text {
    byte[] utf8();
  }

  private final Text text;
  private final List<String> path;

  private KeptJson(Text text, List<String> path) {
    this.text = text;
    this.path = path;
  }

  /** A document in UTF-8; the array is not copied and must not change. */
  static KeptJson ofUtf8(byte[] document) {
    Objects.requireNonNull(document, "document");
    return new KeptJson(() -> document, List.of());
  }

  /** The payload of a compact JWS (RFC 7515, section 7.1). Header and signature are not kept. */
  static KeptJson ofPayload(String token) {
    int start = token.indexOf('.') + 1;
    String payload = token.substring(start, token.indexOf('.', start));
    return new KeptJson(() -> Base64.getUrlDecoder().decode(payload), List.of());
  }

  /** A member of the document, by the names that lead to it. */
  KeptJson at(String... names) {
    if (!path.isEmpty()) {
      throw new IllegalStateException("a part has no parts of its own");
    }
    return new KeptJson(text, List.of(names));
  }

  /** The document or the part of it; missing where there is none. A new tree each time. */
  public JsonNode read() {
    JsonNode node = MAPPER.readTree(text.utf8());
    for (String name : path) {
      node = node.path(name);
    }
    return node;
  }

  /** Says that it is JSON, not what it says: records that hold it end up in messages. */
  @Override
  public String toString() {
    return path.isEmpty() ? "JSON" : "JSON at " + String.join(".", path);
  }
}
