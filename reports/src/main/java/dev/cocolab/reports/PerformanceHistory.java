package dev.cocolab.reports;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The numbers of the newest 200 runs: {@code {"version": 1, "runs": [{"started", "target", "share",
 * "ratio", "peak", "held"}]}}, oldest first; members are only ever added. A file that is none is
 * set aside, not overwritten: the numbers of this run are worth more than a report that fails.
 */
final class PerformanceHistory {
  private static final int MOST = 200;
  private static final long LARGEST = 1L << 20;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<Entry> entries;
  private final Optional<String> problem;

  /**
   * One run.
   *
   * @param share peak rate as a part of the limit of the cryptography
   * @param ratio p99 in parts of p50, at half load
   * @param peak attestations a second
   * @param held whether everything asked for was reached; false, too, when not all was judged
   */
  record Entry(
      Instant started,
      String target,
      OptionalDouble share,
      OptionalDouble ratio,
      OptionalDouble peak,
      boolean held) {
    Entry {
      Objects.requireNonNull(started, "started");
      Objects.requireNonNull(target, "target");
    }

    static Entry of(Performance run) {
      return new Entry(
          run.started(),
          run.target(),
          value(run, PerformancePage.SHARE),
          value(run, PerformancePage.RATIO),
          run.sweep().stream().mapToDouble(Performance.Load::perSecond).max(),
          run.missed() == 0 && run.open() == 0);
    }

    private static OptionalDouble value(Performance run, String check) {
      return run.check(check).stream().mapToDouble(Performance.Check::value).findFirst();
    }
  }

  private PerformanceHistory(List<Entry> entries, Optional<String> problem) {
    this.entries = List.copyOf(entries);
    this.problem = problem;
  }

  /** Reads a history; a file that is none is moved aside, which {@link #problem()} then says. */
  static PerformanceHistory read(Path file) {
    if (Files.notExists(file)) {
      return new PerformanceHistory(List.of(), Optional.empty());
    }
    try {
      if (Files.size(file) > LARGEST) {
        return setAside(file);
      }
      JsonNode root = JSON.readTree(Files.readAllBytes(file));
      if (root.path("version").asInt(0) != 1 || !root.path("runs").isArray()) {
        return setAside(file);
      }
      List<Entry> entries = new ArrayList<>();
      for (JsonNode node : root.path("runs")) {
        entries.add(entry(node));
      }
      return new PerformanceHistory(newest(entries), Optional.empty());
    } catch (IOException | JacksonException | DateTimeException e) {
      return setAside(file);
    }
  }

  private static PerformanceHistory setAside(Path file) {
    Path aside = file.resolveSibling(file.getFileName() + ".damaged");
    String what;
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      what = "was set aside as " + aside;
    } catch (IOException e) {
      what = "could not be set aside (%s)".formatted(e.getMessage());
    }
    return new PerformanceHistory(
        List.of(),
        Optional.of(
            "The numbers of earlier runs in %s could not be read, so the file %s; the history begins anew."
                .formatted(file, what)));
  }

  /** With one more run, which replaces what is there of the same run. */
  PerformanceHistory with(Entry run) {
    List<Entry> all = new ArrayList<>(entries);
    all.removeIf(one -> one.started().equals(run.started()) && one.target().equals(run.target()));
    all.add(run);
    return new PerformanceHistory(newest(all), problem);
  }

  private static List<Entry> newest(List<Entry> all) {
    List<Entry> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparing(Entry::started));
    return sorted.subList(Math.max(0, sorted.size() - MOST), sorted.size());
  }

  /** Oldest first. */
  List<Entry> entries() {
    return entries;
  }

  /** Runs on this target, oldest first: numbers of another one say nothing about it. */
  List<Entry> on(String target) {
    return entries.stream().filter(one -> one.target().equals(target)).toList();
  }

  /** What a reader should know of the file. */
  Optional<String> problem() {
    return problem;
  }

  /** Writes it whole or not at all. */
  void write(Path file) throws IOException {
    Path parent = Objects.requireNonNull(file.toAbsolutePath().getParent(), "parent");
    Files.createDirectories(parent);
    Path part = Files.createTempFile(parent, "performance-", ".part");
    try {
      Files.writeString(part, json(), StandardCharsets.UTF_8);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private String json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", 1);
    var list = root.putArray("runs");
    for (Entry entry : entries) {
      ObjectNode node = list.addObject();
      node.put("started", entry.started().toString()).put("target", entry.target());
      entry.share().ifPresent(value -> node.put("share", value));
      entry.ratio().ifPresent(value -> node.put("ratio", value));
      entry.peak().ifPresent(value -> node.put("peak", value));
      node.put("held", entry.held());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static Entry entry(JsonNode node) {
    return new Entry(
        Instant.parse(node.path("started").asString("")),
        node.path("target").asString(""),
        number(node.path("share")),
        number(node.path("ratio")),
        number(node.path("peak")),
        node.path("held").asBoolean(false));
  }

  private static OptionalDouble number(JsonNode node) {
    double value = node.asDouble(-1);
    return value >= 0 && value < 1e12 ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
