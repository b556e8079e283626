package dev.cocolab.steps.persona;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A key file that openssl's {@code -kfile} does not take. It reads the first line, up to a zero
 * byte, and wants at least two bytes.
 */
public enum KeyFault {
  EMPTY("an empty key", key -> new byte[0]),
  LEADING_ZERO("a key that starts with a zero byte", key -> startingWith((byte) 0, key)),
  LEADING_NEWLINE("a key that starts with a newline", key -> startingWith((byte) '\n', key));

  private final String words;
  private final UnaryOperator<byte[]> fault;

  KeyFault(String words, UnaryOperator<byte[]> fault) {
    this.words = words;
    this.fault = fault;
  }

  /** The fault that a scenario names. */
  public static KeyFault of(String words) {
    return Arrays.stream(values())
        .filter(known -> known.words.equals(words))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such key: '" + words + "'"));
  }

  /** A key with this fault, made from a good one. */
  public byte[] applyTo(byte[] key) {
    return fault.apply(Objects.requireNonNull(key, "key"));
  }

  private static byte[] startingWith(byte first, byte[] key) {
    byte[] changed = key.clone();
    changed[0] = first;
    return changed;
  }
}
