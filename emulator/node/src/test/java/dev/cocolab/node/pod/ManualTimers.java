package dev.cocolab.node.pod;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Time that moves when a test says so. */
final class ManualTimers extends Clock implements Timers {
  private record Entry(Instant due, long order, Runnable action) {}

  private final List<Entry> entries = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Duration turned = Duration.ZERO;
  private long order;

  @Override
  public Planned after(Duration delay, Runnable action) {
    Entry entry = new Entry(now.plus(delay), order++, action);
    entries.add(entry);
    return () -> entries.remove(entry);
  }

  void advance(Duration by) {
    Instant end = now.plus(by);
    for (Optional<Entry> next = next(end); next.isPresent(); next = next(end)) {
      entries.remove(next.get());
      now = next.get().due();
      next.get().action().run();
    }
    now = end;
  }

  private Optional<Entry> next(Instant end) {
    return entries.stream()
        .filter(entry -> !entry.due().isAfter(end))
        .min(Comparator.comparing(Entry::due).thenComparing(Entry::order));
  }

  int waiting() {
    return entries.size();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("UTC only");
  }

  @Override
  public Instant instant() {
    return now.plus(turned);
  }

  /** Somebody sets the clock back; timers, which run by another one, do not notice. */
  void turnBack(Duration by) {
    turned = turned.minus(by);
  }
}
