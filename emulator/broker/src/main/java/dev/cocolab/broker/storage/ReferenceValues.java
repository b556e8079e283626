package dev.cocolab.broker.storage;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import dev.cocolab.broker.rvps.RvpsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reference values by name. A stored value is a JSON object with {@code version}, {@code name},
 * {@code expiration} and {@code value}; policies see {@code value} as it is. Expiration must be a
 * time to be read and, as upstream, is never enforced.
 *
 * <p>Where the namespace's file is absent and the older {@code reference-values.json} lies beside
 * it, that array of objects is read instead.
 */
public final class ReferenceValues {
  private static final DateTimeFormatter EXPIRATION =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final KeyValues NOTHING = new MemoryStore();

  private final KeyValueStore store;
  private final Path current;
  private final Path older;
  private final Clock clock;
  private volatile Values last = new Values(NOTHING, true);

  /** Reads and writes through a store. */
  public ReferenceValues(StorageProvider storage, StorageProvider.Type type, Clock clock) {
    this.store = storage.open(StorageProvider.REFERENCE_VALUE, type);
    this.current = storage.localJson().resolve(StorageProvider.REFERENCE_VALUE);
    this.older = storage.localJson().resolve("reference-values.json");
    this.clock = clock;
  }

  /**
   * All values as they are now. What is stored later does not show; while nothing is, this gives
   * the same object where the store can tell.
   */
  public Values now() {
    if (isOlderFormat()) {
      return Values.of(readOlder());
    }
    KeyValues stored = store.now();
    if (stored == store) {
      return new Values(stored, false);
    }
    Values known = last;
    if (known.stored == stored) {
      return known;
    }
    Values fresh = new Values(stored, true);
    last = fresh;
    return fresh;
  }

  /** Reference values at one moment. Safe for use by several threads. */
  public static final class Values {
    private final KeyValues stored;
    private final boolean unchanging;
    private final Map<String, JsonNode> parsed = new ConcurrentHashMap<>();
    private volatile Map<String, JsonNode> all;

    private Values(KeyValues stored, boolean unchanging) {
      this.stored = stored;
      this.unchanging = unchanging;
    }

    private static Values of(Map<String, JsonNode> values) {
      Values out = new Values(NOTHING, true);
      out.parsed.putAll(values);
      out.all = Map.copyOf(values);
      return out;
    }

    /**
     * The value registered under a name.
     *
     * @throws BrokerException REFERENCE_VALUES or STORAGE when it cannot be read
     */
    public Optional<JsonNode> query(String name) {
      JsonNode known = parsed.get(name);
      if (known != null) {
        return Optional.of(known);
      }
      Optional<JsonNode> value = stored.get(name).map(bytes -> value(name, bytes));
      if (unchanging) {
        value.ifPresent(json -> parsed.put(name, json));
      }
      return value;
    }

    /**
     * All values, for explanations.
     *
     * @throws BrokerException REFERENCE_VALUES or STORAGE when one of them cannot be read
     */
    public Map<String, JsonNode> all() {
      Map<String, JsonNode> known = all;
      if (known == null) {
        Map<String, JsonNode> out = new TreeMap<>();
        for (String name : stored.keys()) {
          query(name).ifPresent(value -> out.put(name, value));
        }
        known = Map.copyOf(out);
        if (unchanging) {
          all = known;
        }
      }
      return known;
    }
  }

  /**
   * Registers the values of a message {@code {"version","type","payload"}}, replacing what is
   * there. Each expires twelve months from now.
   *
   * @throws BrokerException REFERENCE_VALUES with upstream's text; STORAGE
   */
  public void register(String message) {
    String expiration =
        EXPIRATION.format(
            clock.instant().atZone(ZoneOffset.UTC).plusMonths(12).truncatedTo(ChronoUnit.SECONDS));
    RvpsMessage.parse(message)
        .extract()
        .forEach(
            (name, value) -> {
              ObjectNode stored = JsonNodeFactory.instance.objectNode();
              stored.put("version", RvpsMessage.VERSION);
              stored.put("name", name);
              stored.put("expiration", expiration);
              stored.set("value", value);
              store.set(name, stored.toString().getBytes(StandardCharsets.UTF_8));
            });
  }

  private static JsonNode value(String name, byte[] bytes) {
    JsonNode stored = read(bytes, "reference value `" + name + "`");
    if (!stored.isObject() || !stored.has("value")) {
      throw refused("reference value `" + name + "` has no member `value`", null);
    }
    if (!stored.path("name").isString() || !stored.path("expiration").isString()) {
      throw refused("reference value `" + name + "` lacks `name` or `expiration`", null);
    }
    JsonNode version = stored.path("version");
    if (!version.isMissingNode() && !version.isString()) {
      throw refused("`version` of reference value `" + name + "` is not a string", null);
    }
    requireTime(name, stored.path("expiration").asString());
    return stored.get("value");
  }

  private static void requireTime(String name, String expiration) {
    try {
      EXPIRATION.parse(expiration);
    } catch (DateTimeParseException e) {
      throw refused(
          "`expiration` of reference value `"
              + name
              + "` is not like 2026-12-31T00:00:00Z: "
              + expiration,
          e);
    }
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
