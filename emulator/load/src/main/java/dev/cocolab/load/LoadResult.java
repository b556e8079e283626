package dev.cocolab.load;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one process measured. Results of several processes that ran at the same time can be put
 * together.
 *
 * @param window how long was measured
 * @param clients how many clients there were; at a fixed rate the most that worked at once
 * @param attempts how many ended from the start of the measurement on, whatever came of them
 * @param connections how many connections were opened for these
 * @param attestations how many succeeded within the window
 * @param late how many began or were due within the window and ended after it: they are in the
 *     latencies and errors, and not in {@code attestations}
 * @param errors how many failed, by kind; only kinds that occurred
 * @param samples the server's or our own first words on each kind
 * @param latency from due (at a fixed rate) or begin (otherwise) to the end, without the client's
 *     own work; of those that succeeded and those that timed out
 * @param phases each phase that was reached
 * @param lag at a fixed rate, how far the load fell behind
 * @param ended why the load ended before its time, if it did
 */
public record LoadResult(
    Duration window,
    int clients,
    long attempts,
    long connections,
    long attestations,
    long late,
    Map<String, Long> errors,
    Map<String, String> samples,
    Latencies latency,
    Map<Phase, Latencies> phases,
    Optional<Lag> lag,
    Optional<String> ended) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * How far a load fell behind its schedule.
   *
   * @param offered attestations that were asked for, per second
   * @param most the longest that one waited from due to begin
   * @param behind how long ago the oldest was due that had not ended when the time was over
   * @param unsent how many were due and had not begun when the time was over; each is in the
   *     latencies with what it had waited till then, which is less than it would have been
   */
  public record Lag(double offered, Duration most, Duration behind, long unsent) {
    private Lag and(Lag other) {
      return new Lag(
          offered + other.offered,
          most.compareTo(other.most) > 0 ? most : other.most,
          behind.compareTo(other.behind) > 0 ? behind : other.behind,
          unsent + other.unsent);
    }
  }

  /** Copies the collections. */
  public LoadResult {
    Objects.requireNonNull(window, "window");
    errors = Map.copyOf(errors);
    samples = Map.copyOf(samples);
    Objects.requireNonNull(latency, "latency");
    phases = Map.copyOf(phases);
    Objects.requireNonNull(lag, "lag");
    Objects.requireNonNull(ended, "ended");
  }

  /** Successful attestations a second. */
  public double perSecond() {
    return window.isZero() ? 0 : attestations / (window.toNanos() / 1e9);
  }

  /** This result and that of another process that drove the same broker at the same time. */
  public LoadResult and(LoadResult other) {
    Map<String, Long> sums = new TreeMap<>(errors);
    other.errors.forEach((kind, count) -> sums.merge(kind, count, Long::sum));
    Map<String, String> words = new TreeMap<>(other.samples);
    words.putAll(samples);
    Map<Phase, Latencies> joined = new EnumMap<>(Phase.class);
    joined.putAll(phases);
    other.phases.forEach((phase, times) -> joined.merge(phase, times, Latencies::and));
    return new LoadResult(
        window.compareTo(other.window) > 0 ? window : other.window,
        clients + other.clients,
        attempts + other.attempts,
        connections + other.connections,
        attestations + other.attestations,
        late + other.late,
        sums,
        words,
        latency.and(other.latency),
        joined,
        lag.isPresent() && other.lag.isPresent()
            ? Optional.of(lag.get().and(other.lag.get()))
            : lag.or(() -> other.lag),
        ended.or(() -> other.ended));
  }

  /** JSON with whole histograms, for another process. */
  public ObjectNode toJson() {
    ObjectNode out = JSON.createObjectNode();
    out.put("window_ns", window.toNanos()).put("clients", clients);
    out.put("attempts", attempts).put("connections", connections);
    out.put("attestations", attestations).put("late", late);
    ObjectNode counts = out.putObject("errors");
    errors.forEach(counts::put);
    ObjectNode words = out.putObject("samples");
    samples.forEach(words::put);
    out.put("latency", latency.toBase64());
    ObjectNode times = out.putObject("phases");
    phases.forEach((phase, latencies) -> times.put(phase.name(), latencies.toBase64()));
    lag.ifPresent(
        behind ->
            out.putObject("lag")
                .put("offered", behind.offered())
                .put("most_ns", behind.most().toNanos())
                .put("behind_ns", behind.behind().toNanos())
                .put("unsent", behind.unsent()));
    ended.ifPresent(why -> out.put("ended", why));
    return out;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static LoadResult parse(JsonNode in) {
    try {
      Map<String, Long> errors = new TreeMap<>();
      in.path("errors").properties().forEach(e -> errors.put(e.getKey(), e.getValue().asLong()));
      Map<String, String> samples = new TreeMap<>();
      in.path("samples")
          .properties()
          .forEach(e -> samples.put(e.getKey(), e.getValue().asString()));
      Map<Phase, Latencies> phases = new EnumMap<>(Phase.class);
      in.path("phases")
          .properties()
          .forEach(
              e ->
                  phases.put(
                      Phase.valueOf(e.getKey()), Latencies.ofBase64(e.getValue().asString())));
      JsonNode lag = in.path("lag");
      return new LoadResult(
          Duration.ofNanos(in.path("window_ns").asLong()),
          in.path("clients").asInt(),
          in.path("attempts").asLong(),
          in.path("connections").asLong(),
          in.path("attestations").asLong(),
          in.path("late").asLong(),
          errors,
          samples,
          Latencies.ofBase64(in.path("latency").asString()),
          phases,
          lag.isObject()
              ? Optional.of(
                  new Lag(
                      lag.path("offered").asDouble(),
                      Duration.ofNanos(lag.path("most_ns").asLong()),
                      Duration.ofNanos(lag.path("behind_ns").asLong()),
                      lag.path("unsent").asLong()))
              : Optional.empty(),
          in.has("ended") ? Optional.of(in.path("ended").asString()) : Optional.empty());
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not the result of a load", e);
    }
  }
}
