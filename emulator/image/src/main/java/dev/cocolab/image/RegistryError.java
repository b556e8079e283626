package dev.cocolab.image;

import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The first error of a registry's answer (OCI distribution specification 1.1, "Error Codes").
 *
 * @param code such as {@code MANIFEST_UNKNOWN}; empty when the answer has none
 * @param message what the registry adds in words; may be empty
 */
record RegistryError(String code, String message) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Empty when the body is in another format. */
  static Optional<RegistryError> read(byte[] body) {
    try {
      JsonNode root = JSON.readTree(body);
      JsonNode first = root == null ? null : root.path("errors").path(0);
      return first == null || !first.isObject()
          ? Optional.empty()
          : Optional.of(
              new RegistryError(
                  first.path("code").asString(""), first.path("message").asString("")));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /**
   * As container engines print it: the code in lower-case words, then the message if it differs.
   */
  String text() {
    String words = code.replace('_', ' ').toLowerCase(Locale.ROOT);
    return words.isEmpty() || words.equals(message)
        ? message
        : message.isEmpty() ? words : words + ": " + message;
  }
}
