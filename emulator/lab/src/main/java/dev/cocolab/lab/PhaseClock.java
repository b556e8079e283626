package dev.cocolab.lab;

import java.time.Duration;
import java.util.Map;

/** Measures the phases of a start, one after the other. */
final class PhaseClock {
  private final Map<String, Duration> phases;
  private long last = System.nanoTime();

  PhaseClock(Map<String, Duration> phases) {
    this.phases = phases;
  }

  /** Ends the phase that began with the mark before. */
  void mark(String phase) {
    long now = System.nanoTime();
    phases.put(phase, Duration.ofNanos(now - last));
    last = now;
  }
}
