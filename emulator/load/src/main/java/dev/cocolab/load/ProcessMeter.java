package dev.cocolab.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a process has used so far, from {@code /proc} (proc(5)). */
public final class ProcessMeter {
  /** Fields of {@code stat} after the name: user and system time. */
  private static final int USER_TIME = 11;

  private static final int SYSTEM_TIME = 12;

  /** Units of these times a second, on every Linux that a program sees (USER_HZ). */
  private static final double TICKS = 100;

  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s*(\\d+) kB$");

  private final Path process;

  /** Of a process of this machine. */
  public ProcessMeter(long pid) {
    this(Path.of("/proc", Long.toString(pid)));
  }

  ProcessMeter(Path process) {
    this.process = process;
  }

  /** Processor time of all its threads, seconds; empty when the process has gone. */
  public OptionalDouble cpuSeconds() {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The name may hold spaces and brackets.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
      return OptionalDouble.of(ticks / TICKS);
    } catch (IOException | RuntimeException e) {
      return OptionalDouble.empty();
    }
  }

  /** Resident memory, in units of 2^20 bytes; empty when the process has gone. */
  public OptionalDouble residentMegabytes() {
    try {
      String status = Files.readString(process.resolve("status"), StandardCharsets.ISO_8859_1);
      Matcher found = RESIDENT.matcher(status);
      return found.find()
          ? OptionalDouble.of(Long.parseLong(found.group(1)) / 1024.0)
          : OptionalDouble.empty();
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }
}
