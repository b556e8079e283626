package dev.cocolab.broker.storage;

import java.util.List;
import java.util.Optional;

/** One namespace of Trustee's storage. Safe for use by several threads. */
public interface KeyValueStore {

  /**
   * Reads a value.
   *
   * @throws dev.cocolab.broker.failure.BrokerException STORAGE
   */
  Optional<byte[]> get(String key);

  /**
   * Writes a value, replacing what is there.
   *
   * @throws dev.cocolab.broker.failure.BrokerException STORAGE, also for keys with characters
   *     beyond {@code [A-Za-z0-9._/-]}
   */
  void set(String key, byte[] value);

  /**
   * Removes a value; false when there was none.
   *
   * @throws dev.cocolab.broker.failure.BrokerException STORAGE
   */
  boolean delete(String key);

  /**
   * All keys, sorted.
   *
   * @throws dev.cocolab.broker.failure.BrokerException STORAGE
   */
  List<String> keys();
}
