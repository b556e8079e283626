package dev.cocolab.reports;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * What one run measured. Numbers are finite and not negative.
 *
 * @param started begin of the run
 * @param target where
 * @param provider name of the cryptographic provider, where it is known
 * @param processors of the machine that measured; 0 when it is not known
 * @param limit attestations a second that the cryptography alone would allow, and on which sides
 * @param loads in the order in which they were made
 * @param podStart phases of a pod's start, in their order
 * @param podStarts how many pods were started
 * @param checks what was judged
 */
record Performance(
    Instant started,
    String target,
    Optional<String> provider,
    int processors,
    Optional<Limit> limit,
    List<Load> loads,
    List<Span> podStart,
    int podStarts,
    List<Check> checks) {

  Performance {
    Objects.requireNonNull(started, "started");
    Objects.requireNonNull(target, "target");
    loads = List.copyOf(loads);
    podStart = List.copyOf(podStart);
    checks = List.copyOf(checks);
  }

  /** Loads with a fixed number of clients, fewest first. */
  List<Load> sweep() {
    return loads.stream()
        .filter(load -> load.clients().isPresent())
        .sorted((one, other) -> one.clients().getAsInt() - other.clients().getAsInt())
        .toList();
  }

  /** The load whose phases are shown: the one at a fixed rate, or else the first. */
  Optional<Load> typical() {
    return loads.stream()
        .filter(load -> load.rate().isPresent())
        .findFirst()
        .or(() -> loads.stream().findFirst());
  }

  /** The check of this name. */
  Optional<Check> check(String id) {
    return checks.stream().filter(check -> check.id().equals(id)).findFirst();
  }

  long missed() {
    return checks.stream().filter(Check::missed).count();
  }

  /** How many were neither held nor missed. */
  long open() {
    return checks.stream().filter(check -> !check.held() && !check.missed()).count();
  }

  /** What the cryptography alone allows. */
  record Limit(double perSecond, String sides, List<Operation> operations) {
    Limit {
      operations = List.copyOf(operations);
    }
  }

  /** A cryptographic operation: whose it is, how often an attestation needs it, microseconds. */
  record Operation(String name, String side, double count, double micros) {}

  /**
   * One load.
   *
   * @param clients how many there were; empty at a fixed rate
   * @param rate attestations begun a second; empty with a fixed number of clients
   * @param perSecond attestations that succeeded a second
   * @param percentiles percent to milliseconds
   */
  record Load(
      OptionalInt clients,
      OptionalDouble rate,
      double perSecond,
      long attestations,
      long errors,
      double seconds,
      SortedMap<Double, Double> percentiles,
      List<Span> phases) {
    Load {
      phases = List.copyOf(phases);
    }

    String name() {
      if (clients.isPresent()) {
        return clients.getAsInt() == 1 ? "1 client" : clients.getAsInt() + " clients";
      }
      return rate.isPresent()
          ? String.format(Locale.ROOT, "%.0f/s asked for", rate.getAsDouble())
          : "load";
    }
  }

  /** Something that took time: its middle one and its slow one, milliseconds. */
  record Span(String name, double median, double slow) {}

  /**
   * Something measured against what is asked for.
   *
   * @param id short name
   * @param claim what is asked for, in words
   * @param unit {@code part}, {@code times}, {@code ms}, {@code per_second} or {@code count}
   * @param atLeast whether the bound is the least, or else the most
   * @param attempts measured values; the last one decided
   * @param others how busy other programs kept the machine, 0 to 1, where that forbids a judgement
   */
  record Check(
      String id,
      String claim,
      String unit,
      boolean atLeast,
      double bound,
      List<Double> attempts,
      boolean held,
      OptionalDouble others) {
    Check {
      attempts = List.copyOf(attempts);
    }

    boolean missed() {
      return !held && others.isEmpty();
    }

    double value() {
      return attempts.get(attempts.size() - 1);
    }

    String measured() {
      return words(unit, value());
    }

    String asked() {
      return (atLeast ? "at least " : "at most ") + words(unit, bound);
    }

    private static String words(String unit, double value) {
      return switch (unit) {
        case "part" -> String.format(Locale.ROOT, "%.0f %%", 100 * value);
        case "times" -> String.format(Locale.ROOT, "%.1f times", value);
        case "ms" -> millis(value);
        case "per_second" -> String.format(Locale.ROOT, "%.0f/s", value);
        default -> String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value);
      };
    }
  }

  /** Milliseconds with as many digits as one reads. */
  static String millis(double value) {
    if (value >= 10_000) {
      return String.format(Locale.ROOT, "%.1f s", value / 1000);
    }
    return String.format(
        Locale.ROOT, value >= 100 ? "%.0f ms" : value >= 10 ? "%.1f ms" : "%.2f ms", value);
  }
}
