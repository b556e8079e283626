package dev.cocolab.broker.storage;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Storage type {@code LocalJson}: one JSON object from key to padded URL-safe base64 of the value.
 * The file is read again for every request, and parsed again when its bytes have changed; one bad
 * entry makes all of them unreadable.
 */
final class LocalJsonStore implements KeyValueStore {
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final Path file;
  private volatile Content last = new Content(new byte[0], new TreeMap<>());

  LocalJsonStore(Path file) {
    this.file = file;
  }

  /** What the file held at some moment; the items never change. */
  @SuppressWarnings("ArrayRecordComponent") // neither changed nor compared as a record
  private record Content(byte[] bytes, NavigableMap<String, String> items) implements KeyValues {
    @Override
    public Optional<byte[]> get(String key) {
      String value = items.get(key);
      if (value == null) {
        return Optional.empty();
      }
      try {
        return Optional.of(Base64.getUrlDecoder().decode(value));
      } catch (IllegalArgumentException e) {
        throw new BrokerException(
            Reason.STORAGE,
            "failed to base64 decode the content inside json: " + key + ": " + e.getMessage(),
            e);
      }
    }

    @Override
    public List<String> keys() {
      return new ArrayList<>(items.keySet());
    }
  }

  @Override
  public KeyValues now() {
    return read();
  }

  @Override
  public Optional<byte[]> get(String key) {
    return read().get(key);
  }

  @Override
  public synchronized void set(String key, byte[] value) {
    StorageKey.requireLegal(key);
    Map<String, String> items = new TreeMap<>(read().items());
    items.put(key, Base64.getUrlEncoder().encodeToString(value));
    write(items);
  }

  @Override
  public synchronized boolean delete(String key) {
    Map<String, String> items = new TreeMap<>(read().items());
    if (items.remove(key) == null) {
      return false;
    }
    write(items);
    return true;
  }

  @Override
  public List<String> keys() {
    return read().keys();
  }

  private Content read() {
    if (!Files.exists(file)) {
      return new Content(new byte[0], new TreeMap<>());
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw malformed("larger than " + MAX_BYTES + " bytes", null);
      }
      byte[] bytes = Files.readAllBytes(file);
      Content known = last;
      if (bytes.length > 0 && Arrays.equals(bytes, known.bytes())) {
        return known;
      }
      Content fresh = new Content(bytes, parse(bytes));
      last = fresh;
      return fresh;
    } catch (JacksonException e) {
      throw malformed(e.getOriginalMessage() + " at line " + e.getLocation().getLineNr(), e);
    } catch (IOException e) {
      throw new BrokerException(Reason.STORAGE, "failed to read the file: " + e, e);
    }
  }

  private NavigableMap<String, String> parse(byte[] bytes) {
    JsonNode root = MAPPER.readTree(bytes);
    if (!root.isObject()) {
      throw malformed("not a JSON object", null);
    }
    NavigableMap<String, String> out = new TreeMap<>();
    for (var entry : root.properties()) {
      if (!entry.getValue().isString()) {
        throw malformed("the value of `" + entry.getKey() + "` is not a string", null);
      }
      out.put(entry.getKey(), entry.getValue().asString());
    }
    return out;
  }

  private BrokerException malformed(String why, Throwable cause) {
    return new BrokerException(
        Reason.STORAGE,
        "failed to deserialize the file: " + file.getFileName() + ": " + why,
        cause);
  }

  private void write(Map<String, String> items) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    items.forEach(root::put);
    try {
      Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
      AtomicFile.write(directory, file, root.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new BrokerException(Reason.STORAGE, "failed to write the file: " + e, e);
    }
  }
}
