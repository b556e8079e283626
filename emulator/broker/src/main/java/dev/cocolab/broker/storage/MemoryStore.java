package dev.cocolab.broker.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Storage type {@code Memory}: lost at exit. */
final class MemoryStore implements KeyValueStore {
  private final Map<String, byte[]> values = new ConcurrentSkipListMap<>();

  @Override
  public Optional<byte[]> get(String key) {
    return Optional.ofNullable(values.get(key)).map(byte[]::clone);
  }

  @Override
  public void set(String key, byte[] value) {
    StorageKey.requireLegal(key);
    values.put(key, value.clone());
  }

  @Override
  public boolean delete(String key) {
    return values.remove(key) != null;
  }

  @Override
  public List<String> keys() {
    return new ArrayList<>(values.keySet());
  }
}
