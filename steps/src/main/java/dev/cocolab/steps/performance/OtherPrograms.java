package dev.cocolab.steps.performance;

import dev.cocolab.load.ProcessMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How busy programs that have nothing to do with a measurement kept this machine's processors
 * meanwhile; time that a hypervisor took away counts, too. From {@code /proc/stat} (proc(5)).
 */
final class OtherPrograms {
  /** Units of the times in {@code /proc}, a second (USER_HZ). */
  private static final double TICKS = 100;

  /** user, nice, system, idle, iowait, irq, softirq, steal: those that are idle. */
  private static final List<Integer> IDLE = List.of(3, 4);

  private static final int FIELDS = 8;

  private final Path stat;
  private final List<ProcessMeter> ours;
  private final Reading begun;

  private record Reading(double busy, double all, double ours) {}

  private OtherPrograms(Path stat, List<ProcessMeter> ours) {
    this.stat = stat;
    this.ours = ours;
    this.begun = read();
  }

  /** Looks from now on. */
  static OtherPrograms since(Path stat, List<ProcessMeter> ours) {
    return new OtherPrograms(stat, List.copyOf(ours));
  }

  /** Since the beginning, as a part of all processors: 0 to 1. */
  double share() {
    Reading now = read();
    double all = now.all() - begun.all();
    double others = now.busy() - begun.busy() - (now.ours() - begun.ours());
    return all <= 0 ? 0 : Math.max(0, Math.min(1, others / all));
  }

  private Reading read() {
    try {
      String line = Files.readAllLines(stat, StandardCharsets.ISO_8859_1).get(0);
      String[] fields = line.replaceFirst("^cpu +", "").split(" +", -1);
      double all = 0;
      double busy = 0;
      for (int i = 0; i < FIELDS; i++) {
        double seconds = Long.parseLong(fields[i]) / TICKS;
        all += seconds;
        busy += IDLE.contains(i) ? 0 : seconds;
      }
      double own = ours.stream().mapToDouble(one -> one.cpuSeconds().orElse(0)).sum();
      return new Reading(busy, all, own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
