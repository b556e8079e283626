package dev.cocolab.broker.storage;

import dev.cocolab.broker.failure.BrokerException;
import dev.cocolab.broker.failure.BrokerException.Reason;
import java.util.regex.Pattern;

/** The rule for keys that are written. */
final class StorageKey {
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._/-]*");

  private StorageKey() {}

  static void requireLegal(String key) {
    if (!LEGAL.matcher(key).matches()) {
      throw new BrokerException(Reason.STORAGE, "invalid key: " + key);
    }
  }
}
