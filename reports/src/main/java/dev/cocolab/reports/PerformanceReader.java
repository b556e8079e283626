package dev.cocolab.reports;

import dev.cocolab.reports.Performance.Check;
import dev.cocolab.reports.Performance.Limit;
import dev.cocolab.reports.Performance.Load;
import dev.cocolab.reports.Performance.Operation;
import dev.cocolab.reports.Performance.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code cocolab-performance/1}: {@code started}, {@code target}, {@code crypto_provider},
 * {@code loads} (each the JSON of {@code bench attest} with {@code asked}: {@code clients} or
 * {@code rate}), {@code pod_start} ({@code count}, {@code phases} with {@code name}, {@code
 * median_ms}, {@code most_ms}) and {@code checks}.
 */
final class PerformanceReader {
  static final String FORMAT = "cocolab-performance/1";

  private static final long LARGEST = 8L << 20;
  private static final int MOST = 64;
  private static final double WHOLE = 100;

  private PerformanceReader() {}

  /**
   * Reads the measurements of a run.
   *
   * @return empty when the file is no such thing
   */
  static Optional<Performance> read(Path file) {
    try {
      if (Files.size(file) > LARGEST) {
        return Optional.empty();
      }
      JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(file));
      if (!root.path("format").asString("").equals(FORMAT)) {
        return Optional.empty();
      }
      return Optional.of(performance(root));
    } catch (IOException | JacksonException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Performance performance(JsonNode root) {
    List<Load> loads = new ArrayList<>();
    int processors = 0;
    Optional<Limit> limit = Optional.empty();
    for (JsonNode node : some(root.path("loads"))) {
      loads.add(load(node));
      processors = Math.max(processors, node.path("limit").path("processors").asInt(0));
      if (limit.isEmpty()) {
        limit = limit(node.path("limit"));
      }
    }
    List<Check> checks = new ArrayList<>();
    for (JsonNode node : some(root.path("checks"))) {
      check(node).ifPresent(checks::add);
    }
    List<Span> podStart = new ArrayList<>();
    for (JsonNode node : some(root.path("pod_start").path("phases"))) {
      podStart.add(
          new Span(text(node, "name"), number(node, "median_ms"), number(node, "most_ms")));
    }
    return new Performance(
        Instant.parse(text(root, "started")),
        text(root, "target"),
        Optional.of(text(root, "crypto_provider")).filter(name -> !name.isBlank()),
        processors,
        limit,
        loads,
        podStart,
        root.path("pod_start").path("count").asInt(0),
        checks);
  }

  private static Load load(JsonNode node) {
    JsonNode asked = node.path("asked");
    long errors = 0;
    for (var error : node.path("errors").properties()) {
      errors += Math.max(0, error.getValue().asLong(0));
    }
    List<Span> phases = new ArrayList<>();
    for (var phase : node.path("phases").properties()) {
      if (phases.size() < MOST) {
        phases.add(
            new Span(
                phase.getKey(), number(phase.getValue(), "p50"), number(phase.getValue(), "p99")));
      }
    }
    int clients = asked.path("clients").asInt(0);
    double rate = number(asked, "rate");
    return new Load(
        clients > 0 ? OptionalInt.of(clients) : OptionalInt.empty(),
        rate > 0 ? OptionalDouble.of(rate) : OptionalDouble.empty(),
        number(node, "per_second"),
        Math.max(0, node.path("attestations").asLong(0)),
        errors,
        number(node, "seconds"),
        percentiles(node.path("latency_ms")),
        phases);
  }

  /** {@code curve}, where it is there, is finer than {@code p50}, {@code p90} and {@code p99}. */
  private static SortedMap<Double, Double> percentiles(JsonNode latency) {
    SortedMap<Double, Double> found = new TreeMap<>();
    for (JsonNode point : some(latency.path("curve"))) {
      double percent = number(point, "percent");
      if (percent < WHOLE) {
        found.put(percent, number(point, "ms"));
      }
    }
    if (found.isEmpty()) {
      for (int percent : new int[] {50, 90, 99}) {
        if (latency.has("p" + percent)) {
          found.put((double) percent, number(latency, "p" + percent));
        }
      }
    }
    return found;
  }

  private static Optional<Limit> limit(JsonNode node) {
    double perSecond = number(node, "per_second");
    if (perSecond == 0) {
      return Optional.empty();
    }
    List<Operation> operations = new ArrayList<>();
    for (JsonNode one : some(node.path("operations"))) {
      operations.add(
          new Operation(
              text(one, "name"),
              text(one, "side"),
              number(one, "count"),
              number(one, "microseconds")));
    }
    return Optional.of(new Limit(perSecond, text(node, "sides"), operations));
  }

  private static Optional<Check> check(JsonNode node) {
    List<Double> attempts = new ArrayList<>();
    for (JsonNode attempt : some(node.path("attempts"))) {
      attempts.add(number(attempt));
    }
    return attempts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Check(
                text(node, "id"),
                text(node, "claim"),
                text(node, "unit"),
                text(node, "relation").equals("at least"),
                number(node, "bound"),
                attempts,
                node.path("held").asBoolean(false),
                node.has("others")
                    ? OptionalDouble.of(number(node, "others"))
                    : OptionalDouble.empty()));
  }

  private static List<JsonNode> some(JsonNode list) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode node : list) {
      if (found.size() < MOST) {
        found.add(node);
      }
    }
    return found;
  }

  private static String text(JsonNode node, String member) {
    String text = node.path(member).asString("");
    return text.length() > 300 ? text.substring(0, 300) : text;
  }

  private static double number(JsonNode node, String member) {
    return number(node.path(member));
  }

  /** 0 for what is no number that can be drawn. */
  private static double number(JsonNode node) {
    double value = node.asDouble(0);
    return value >= 0 && value < 1e12 ? value : 0;
  }
}
