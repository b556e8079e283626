package dev.cocolab.evidence.eventlog;

import java.util.Objects;

/**
 * What a register was extended with.
 *
 * @param algorithm the hash, and with it the bank of registers
 * @param value as long as the log announces for the algorithm, which no parser compares with the
 *     algorithm
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record EventDigest(DigestAlgorithm algorithm, byte[] value) {
  public EventDigest {
    Objects.requireNonNull(algorithm, "algorithm");
    value = value.clone();
  }

  /** The digest of these bytes. */
  public static EventDigest of(DigestAlgorithm algorithm, byte[] measured) {
    return new EventDigest(algorithm, algorithm.digest(measured));
  }

  @Override
  public byte[] value() {
    return value.clone();
  }
}
