package dev.cocolab.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts attempts that fall into a window of time. What ends before it is warm-up; what ends within
 * it counts; what began within it and ends after it counts as late. Safe for use by several
 * threads.
 */
final class Tally {
  private final long start;
  private volatile long end;
  private final Latencies latency = Latencies.empty();
  private final Map<Phase, Latencies> phases = new EnumMap<>(Phase.class);
  private final LongAdder attestations = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final LongAdder attempts = new LongAdder();
  private final LongAdder connections = new LongAdder();
  private final Map<String, LongAdder> errors = new ConcurrentSkipListMap<>();
  private final Map<String, String> samples = new ConcurrentSkipListMap<>();
  private final AtomicLong longestWait = new AtomicLong();
  private final LongAdder unsent = new LongAdder();

  Tally(long start, long end) {
    this.start = start;
    this.end = end;
    for (Phase phase : Phase.values()) {
      phases.put(phase, Latencies.empty());
    }
  }

  /** Lets the window end earlier than planned. */
  void endAt(long now) {
    end = Math.min(end, Math.max(now, start));
  }

  long windowNanos() {
    return end - start;
  }

  /**
   * Counts one attempt.
   *
   * @param waited from due to begin, nanoseconds; 0 when nothing was due
   * @param ended when it ended
   */
  void add(Attempt attempt, long waited, long ended) {
    if (ended < start) {
      return;
    }
    longestWait.accumulateAndGet(waited, Math::max);
    attempts.increment();
    connections.add(attempt.connections());
    attempt.phases().forEach((phase, nanos) -> phases.get(phase).record(nanos));
    if (attempt.isTimed()) {
      latency.record(waited + attempt.waited());
    }
    boolean inTime = ended < end;
    if (!inTime) {
      late.increment();
    }
    if (attempt.failure().isPresent()) {
      AttemptFailure failure = attempt.failure().get();
      errors.computeIfAbsent(failure.kind(), kind -> new LongAdder()).increment();
      samples.putIfAbsent(failure.kind(), failure.getMessage());
    } else if (inTime) {
      attestations.increment();
    }
  }

  /** Counts some that were due and never began. */
  void unsent(long waited, long count) {
    unsent.add(count);
    longestWait.accumulateAndGet(waited, Math::max);
    latency.record(waited, count);
  }

  long longestWait() {
    return longestWait.get();
  }

  long unsentCount() {
    return unsent.sum();
  }

  long attestations() {
    return attestations.sum();
  }

  long late() {
    return late.sum();
  }

  long attempts() {
    return attempts.sum();
  }

  long connections() {
    return connections.sum();
  }

  Map<String, Long> errors() {
    Map<String, Long> out = new TreeMap<>();
    errors.forEach((kind, count) -> out.put(kind, count.sum()));
    return out;
  }

  Map<String, String> samples() {
    return samples;
  }

  Latencies latency() {
    return latency;
  }

  /** The phases that were reached. */
  Map<Phase, Latencies> phases() {
    Map<Phase, Latencies> out = new EnumMap<>(phases);
    out.values().removeIf(times -> times.count() == 0);
    return out;
  }
}
