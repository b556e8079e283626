package dev.cocolab.cli.crypto;

import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Times work that the Java runtime makes faster as it is repeated.
 *
 * @param warmUp rounds that do not count
 * @param rounds rounds that do, at least one
 * @param nanos a clock, nanoseconds since whenever
 */
record Stopwatch(int warmUp, int rounds, LongSupplier nanos) {
  Stopwatch {
    Objects.requireNonNull(nanos, "nanos");
    if (warmUp < 0 || rounds < 1) {
      throw new IllegalArgumentException("%d rounds after %d".formatted(rounds, warmUp));
    }
  }

  /** One round. */
  interface Work {
    void run() throws GeneralSecurityException;
  }

  /** Microseconds of the fastest round that counts. */
  double bestMicros(Work work) throws GeneralSecurityException {
    for (int round = 0; round < warmUp; round++) {
      work.run();
    }
    double best = Double.MAX_VALUE;
    for (int round = 0; round < rounds; round++) {
      long begun = nanos.getAsLong();
      work.run();
      best = Math.min(best, (nanos.getAsLong() - begun) / 1e3);
    }
    return best;
  }
}
