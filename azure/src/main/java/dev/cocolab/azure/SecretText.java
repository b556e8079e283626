package dev.cocolab.azure;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/** A text that must not be seen: a token, a key, a signed address. Its string form says nothing. */
public final class SecretText {
  private final String value;

  public SecretText(String value) {
    this.value = Objects.requireNonNull(value, "value");
  }

  /** The text itself. To be put on the wire or into a file of mode 0600, nowhere else. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretText that
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), that.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
