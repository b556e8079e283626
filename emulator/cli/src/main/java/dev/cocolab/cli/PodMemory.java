package dev.cocolab.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory that this process and its children use, in bytes.
 *
 * @param heap in use after a collection
 * @param lab proportional set size (PSS) of this process; its heap and what else it has
 * @param helpers PSS of the Perl processes that hold pods and containers
 * @param containers PSS of all other children: the containers' own programs
 */
record PodMemory(long heap, long lab, long helpers, long containers) {
  private static final Pattern PSS = Pattern.compile("^Pss:\\s+(\\d+) kB$", Pattern.MULTILINE);
  private static final String HELPER = "perl";

  /** Collects garbage, then measures. */
  static PodMemory take() {
    ManagementFactory.getMemoryMXBean().gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long[] sums = new long[2];
    ProcessHandle.current()
        .descendants()
        .forEach(child -> sums[isHelper(child.pid()) ? 0 : 1] += pss(child.pid()));
    return new PodMemory(heap, pss(ProcessHandle.current().pid()), sums[0], sums[1]);
  }

  private static boolean isHelper(long pid) {
    return text(pid, "comm").strip().equals(HELPER);
  }

  private static long pss(long pid) {
    Matcher matcher = PSS.matcher(text(pid, "smaps_rollup"));
    return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
  }

  /** Empty for a process that has ended. */
  private static String text(long pid, String name) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  PodMemory minus(PodMemory earlier) {
    return new PodMemory(
        heap - earlier.heap,
        lab - earlier.lab,
        helpers - earlier.helpers,
        containers - earlier.containers);
  }

  PodMemory dividedBy(int count) {
    return new PodMemory(heap / count, lab / count, helpers / count, containers / count);
  }
}
