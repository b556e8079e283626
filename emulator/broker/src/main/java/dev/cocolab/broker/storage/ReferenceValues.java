package dev.cocolab.broker.storage;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reference values by name. A stored value is a JSON object with {@code version}, {@code name},
 * {@code expiration} and {@code value}; policies see {@code value} as it is. Expiration is stored
 * and, as upstream, never enforced.
 *
 * <p>Where the namespace's file is absent and the older {@code reference-values.json} lies beside
 * it, that array of objects is read instead.
 */
public final class ReferenceValues {
  private static final String VERSION = "0.1.0";
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final KeyValueStore store;
  private final Path current;
  private final Path older;
  private final Clock clock;

  /** Reads and writes through a store. */
  public ReferenceValues(StorageProvider storage, StorageProvider.Type type, Clock clock) {
    this.store = storage.open(StorageProvider.REFERENCE_VALUE, type);
    this.current = storage.localJson().resolve(StorageProvider.REFERENCE_VALUE);
    this.older = storage.localJson().resolve("reference-values.json");
    this.clock = clock;
  }

  /**
   * The value registered under a name.
   *
   * @throws BrokerException REFERENCE_VALUES or STORAGE when it cannot be read
   */
  public Optional<JsonNode> query(String name) {
    if (isOlderFormat()) {
      return Optional.ofNullable(readOlder().get(name));
    }
    return store.get(name).map(bytes -> value(name, bytes));
  }

  /**
   * All values, for explanations; entries that cannot be read are left out.
   *
   * @throws BrokerException REFERENCE_VALUES or STORAGE when the file as a whole cannot be read
   */
  public Map<String, JsonNode> all() {
    if (isOlderFormat()) {
      return readOlder();
    }
    Map<String, JsonNode> out = new TreeMap<>();
    for (String name : store.keys()) {
      store.get(name).map(bytes -> value(name, bytes)).ifPresent(value -> out.put(name, value));
    }
    return out;
  }

  /**
   * Registers the values of a message {@code {"version","type","payload"}}. Only the extractor
   * {@code sample} is supported.
   *
   * @throws BrokerException REFERENCE_VALUES with upstream's text
   */
  public void register(String message) {
    JsonNode root = read(message.getBytes(StandardCharsets.UTF_8), "parse message");
    String version = root.path("version").asString(VERSION);
    if (!version.equals(VERSION)) {
      throw refused("Version unmatched! Need " + VERSION + ", given " + version + ".", null);
    }
    String type = root.path("type").asString("");
    if (!type.equals("sample")) {
      throw refused("Could not find extractor for " + type, null);
    }
    byte[] payload;
    try {
      payload = Base64.getDecoder().decode(root.path("payload").asString(""));
    } catch (IllegalArgumentException e) {
      throw refused("payload is not base64", e);
    }
    String expiration =
        DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'")
            .format(
                clock
                    .instant()
                    .atZone(ZoneOffset.UTC)
                    .plusMonths(12)
                    .truncatedTo(ChronoUnit.SECONDS));
    for (var entry : read(payload, "parse payload").properties()) {
      ObjectNode stored = JsonNodeFactory.instance.objectNode();
      stored.put("version", VERSION);
      stored.put("name", entry.getKey());
      stored.put("expiration", expiration);
      stored.set("value", entry.getValue());
      store.set(entry.getKey(), stored.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static JsonNode value(String name, byte[] bytes) {
    JsonNode stored = read(bytes, "reference value `" + name + "`");
    if (!stored.isObject() || !stored.has("value")) {
      throw refused("reference value `" + name + "` has no member `value`", null);
    }
    if (!stored.path("name").isString() || !stored.path("expiration").isString()) {
      throw refused("reference value `" + name + "` lacks `name` or `expiration`", null);
    }
    return stored.get("value");
  }

  private boolean isOlderFormat() {
    return !Files.exists(current) && Files.exists(older);
  }

  private Map<String, JsonNode> readOlder() {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(older);
    } catch (IOException e) {
      throw refused("failed to read " + older.getFileName() + ": " + e, e);
    }
    JsonNode root = read(bytes, older.getFileName().toString());
    if (!root.isArray()) {
      throw refused(older.getFileName() + " is not a JSON array", null);
    }
    Map<String, JsonNode> out = new TreeMap<>();
    for (JsonNode entry : root) {
      out.put(entry.path("name").asString(""), entry.path("value"));
    }
    return out;
  }

  private static JsonNode read(byte[] json, String what) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw refused(what + ": " + e.getOriginalMessage(), e);
    }
  }

  private static BrokerException refused(String text, Throwable cause) {
    return new BrokerException(Reason.REFERENCE_VALUES, text, cause);
  }
}
