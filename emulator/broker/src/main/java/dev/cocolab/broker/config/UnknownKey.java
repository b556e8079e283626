package dev.cocolab.broker.config;

import java.util.Objects;
import java.util.Optional;

/**
 * A key of a configuration file that no release of Trustee knows, and that counts for nothing.
 *
 * @param key with its tables, dotted
 * @param nearest the known one that is spelt most alike, when one is
 */
public record UnknownKey(String key, Optional<String> nearest) {
  /** Checks that nothing is missing. */
  public UnknownKey {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(nearest, "nearest");
  }

  /** One sentence, and the nearest known key. */
  public String text() {
    return "unknown key `%s` is ignored%s"
        .formatted(key, nearest.map(name -> "; did you mean `" + name + "`?").orElse(""));
  }
}
