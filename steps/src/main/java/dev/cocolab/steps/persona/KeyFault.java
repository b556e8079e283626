package dev.cocolab.steps.persona;

import java.util.Arrays;

/**
 * A key file that openssl's {@code -kfile} does not take. It reads the first line, up to a zero
 * byte, and wants at least two bytes.
 */
public enum KeyFault {
  EMPTY("an empty key") {
    @Override
    public byte[] applyTo(byte[] key) {
      return new byte[0];
    }
  },
  LEADING_ZERO("a key that starts with a zero byte") {
    @Override
    public byte[] applyTo(byte[] key) {
      return startingWith((byte) 0, key);
    }
  },
  LEADING_NEWLINE("a key that starts with a newline") {
    @Override
    public byte[] applyTo(byte[] key) {
      return startingWith((byte) '\n', key);
    }
  };

  private final String words;

  KeyFault(String words) {
    this.words = words;
  }

  /** The fault that a scenario names. */
  public static KeyFault of(String words) {
    return Arrays.stream(values())
        .filter(known -> known.words.equals(words))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such key: '" + words + "'"));
  }

  /** A key with this fault, made from a good one. */
  public abstract byte[] applyTo(byte[] key);

  private static byte[] startingWith(byte first, byte[] key) {
    byte[] changed = key.clone();
    changed[0] = first;
    return changed;
  }
}
