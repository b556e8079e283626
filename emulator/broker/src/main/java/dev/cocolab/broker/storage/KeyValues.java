package dev.cocolab.broker.storage;

import java.util.List;
import java.util.Optional;

/** A namespace of Trustee's storage for reading. Safe for use by several threads. */
public interface KeyValues {

  /**
   * Reads a value.
   *
   * @throws dev.cocolab.broker.failure.BrokerException STORAGE
   */
  Optional<byte[]> get(String key);

  /**
   * All keys, sorted.
   *
   * @throws dev.cocolab.broker.failure.BrokerException STORAGE
   */
  List<String> keys();
}
