package dev.cocolab.broker.storage;

/** One namespace of Trustee's storage. Safe for use by several threads. */
public interface KeyValueStore extends KeyValues {

  /**
   * The namespace for several reads in a row: a store that is one file reads it once and shows that
   * state, and gives the same object as long as the file holds the same. Other stores give
   * themselves.
   *
   * @throws dev.cocolab.broker.failure.BrokerException STORAGE
   */
  default KeyValues now() {
    return this;
  }

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
}
