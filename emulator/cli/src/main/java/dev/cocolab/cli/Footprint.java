package dev.cocolab.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this process holds of the machine at one moment, as numbers by kind: open descriptors by
 * what they lead to, threads by their names, child processes by program, lines of {@code
 * /proc/self/mountinfo} and, where that can be read, {@code /proc/1/mountinfo}, and files of the
 * lab.
 *
 * @param counts by {@code <what> <kind>}; nothing that is zero
 */
record Footprint(Map<String, Integer> counts) {
  private static final Path PROC = Path.of("/proc");

  /** Pools of Vert.x, the JDK and the API client: they grow with the work, up to a bound. */
  private static final Pattern POOLS =
      Pattern.compile("(vert\\.x-|ForkJoinPool|process reaper|Attach|-?\\d+-pool-).*");

  private static final String DESCRIPTORS = "descriptors";
  private static final String THREADS = "threads";
  private static final String PROCESSES = "processes";
  private static final String MOUNTS = "mounts";
  private static final String FILES = "files";

  Footprint {
    counts = Map.copyOf(counts);
  }

  /**
   * Looks now.
   *
   * @param folders whose files and mounts are counted; those that do not exist hold none
   * @param pooledPort TCP port whose connections are not counted: a pool holds them, up to a bound,
   *     and each for a minute after its use
   */
  static Footprint take(List<Path> folders, int pooledPort) {
    Map<String, Integer> counts = new TreeMap<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(PROC.resolve("self/fd"))) {
      List<String> targets = new ArrayList<>();
      open.forEach(descriptor -> target(descriptor).ifPresent(targets::add));
      // Read last, so that it knows all of them.
      targets.removeAll(connections(pooledPort));
      targets.forEach(to -> add(counts, DESCRIPTORS, to));
    } catch (IOException | DirectoryIteratorException e) {
      throw new CliException(ExitCode.UNFIT, "cannot read /proc/self/fd", e);
    }
    Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !POOLS.matcher(name).matches())
        .forEach(name -> add(counts, THREADS, name));
    ProcessHandle.current()
        .descendants()
        .forEach(child -> add(counts, PROCESSES, text(child.pid() + "/comm").strip()));
    for (Path folder : folders) {
      mounts(counts, folder, "self/mountinfo", "of this process");
      mounts(counts, folder, "1/mountinfo", "of the machine");
      count(counts, folder);
    }
    return new Footprint(counts);
  }

  /** What there is more of than before, as {@code 12 -> 15}; empty if nothing. */
  Map<String, String> grownSince(Footprint before) {
    Map<String, String> grown = new TreeMap<>();
    counts.forEach(
        (what, count) -> {
          int earlier = before.counts.getOrDefault(what, 0);
          if (count > earlier) {
            grown.put(what, earlier + " -> " + count);
          }
        });
    return grown;
  }

  /** Sums over all kinds: descriptors, threads, processes, mounts, files. */
  Map<String, Integer> totals() {
    Map<String, Integer> totals = new LinkedHashMap<>();
    for (String what : List.of(DESCRIPTORS, THREADS, PROCESSES, MOUNTS, FILES)) {
      int sum =
          counts.entrySet().stream()
              .filter(entry -> entry.getKey().startsWith(what + ":"))
              .mapToInt(Map.Entry::getValue)
              .sum();
      totals.put(what, sum);
    }
    return totals;
  }

  /** Numbers would make each one a kind of its own. */
  private static void add(Map<String, Integer> counts, String what, String kind) {
    String general = kind.replaceAll("\\[\\d+\\]|[0-9a-f]{8,}|\\d+", "*");
    counts.merge(what + ": " + general, 1, Integer::sum);
  }

  /** Both ends of the connections to a port, as descriptors name them (proc(5), net/tcp). */
  private static Set<String> connections(int port) {
    String end = String.format(Locale.ROOT, ":%04X", port);
    return Stream.of("self/net/tcp", "self/net/tcp6")
        .flatMap(table -> text(table).lines().skip(1))
        .map(line -> line.strip().split("\\s+"))
        .filter(cells -> cells[1].endsWith(end) || cells[2].endsWith(end))
        .map(cells -> "socket:[" + cells[9] + "]")
        .collect(Collectors.toSet());
  }

  /** Empty for the descriptor of the look itself, which is closed by now. */
  private static Optional<String> target(Path descriptor) {
    try {
      return Optional.of(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Empty where the process is gone or another user's. */
  private static String text(String name) {
    try {
      return Files.readString(PROC.resolve(name), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /** Only those below the folder: other programs mount and unmount as they like. */
  private static void mounts(Map<String, Integer> counts, Path folder, String table, String kind) {
    text(table)
        .lines()
        .filter(line -> line.contains(folder.toString()))
        .forEach(line -> add(counts, MOUNTS, kind));
  }

  private static void count(Map<String, Integer> counts, Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.forEach(file -> add(counts, FILES, file.getFileName().toString()));
    } catch (IOException | UncheckedIOException e) {
      // What goes away under the look is no leak; the next look counts the rest.
      counts.merge(FILES + ": unread", 1, Integer::sum);
    }
  }
}
