package dev.cocolab.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The result of a load beside what it used and what the machine's cryptography allows. */
public final class LoadReport {
  private static final double[] PERCENTILES = {50, 90, 99};
  private static final double CORE_SECONDS = 1e6;

  private final LoadPlan plan;
  private final LoadResult result;
  private final Usage usage;
  private final CryptoLimit limit;
  private final Map<String, String> cryptography;

  /**
   * A report.
   *
   * @param cryptography who does the cryptography of {@code client} and {@code server}, where that
   *     is known
   * @param limit with each operation once, as it was measured; how often there was a TLS handshake
   *     is put in here
   */
  public LoadReport(
      LoadPlan plan,
      LoadResult result,
      Usage usage,
      CryptoLimit limit,
      Map<String, String> cryptography) {
    this.cryptography = new TreeMap<>(cryptography);
    this.plan = Objects.requireNonNull(plan, "plan");
    this.result = Objects.requireNonNull(result, "result");
    this.usage = Objects.requireNonNull(usage, "usage");
    this.limit =
        limit.withConnections(
            result.attempts() == 0 ? 0 : (double) result.connections() / result.attempts());
  }

  /** Throughput as a part of what the cryptography alone would allow, 0 to 1. */
  public double share() {
    double most = limit.perSecond();
    return most == 0 ? 0 : Math.min(1, result.perSecond() / most);
  }

  /** One line of JSON; members are added to it, never changed. */
  public String json() {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("tee", plan.tee().wireName());
    out.put("clients", result.clients());
    out.put("seconds", Rounded.to(result.window().toNanos() / 1e9, 3));
    out.put("attestations", result.attestations());
    ObjectNode errors = out.putObject("errors");
    new TreeMap<>(result.errors()).forEach(errors::put);
    out.put("per_second", Rounded.to(result.perSecond(), 2));
    put(out.putObject("latency_ms"), result.latency());
    ObjectNode phases = out.putObject("phases");
    new TreeMap<>(result.phases())
        .forEach((phase, times) -> put(phases.putObject(phase.wireName()), times));
    ObjectNode cpu = out.putObject("cpu_s");
    put(cpu, "client", usage.clientSeconds(), 2);
    put(cpu, "server", usage.serverSeconds(), 2);
    put(out, "rss_mb", usage.serverMegabytes(), 1);
    if (limit.operations().isEmpty()) {
      out.putNull("limit").putNull("share");
    } else {
      limit.addTo(out.putObject("limit"));
      out.put("share", Rounded.to(share(), 4));
    }
    ObjectNode providers = out.putObject("cryptography");
    cryptography.forEach(providers::put);
    out.put("url", plan.target().toString());
    out.put("connections", result.connections());
    out.put("late", result.late());
    ObjectNode samples = out.putObject("error_samples");
    new TreeMap<>(result.samples()).forEach(samples::put);
    result
        .lag()
        .ifPresent(
            lag ->
                out.putObject("lag")
                    .put("offered_per_second", Rounded.to(lag.offered(), 2))
                    .put("max_ms", millis(lag.most()))
                    .put("end_ms", millis(lag.behind()))
                    .put("not_begun", lag.unsent()));
    result.ended().ifPresent(why -> out.put("ended", why));
    return out.toString();
  }

  private static void put(ObjectNode out, Latencies times) {
    for (double percent : PERCENTILES) {
      put(out, "p%.0f".formatted(percent), times.percentileMillis(percent), times);
    }
    put(out, "max", times.maxMillis(), times);
  }

  /** Of nothing there is no percentile. */
  private static void put(ObjectNode out, String name, double millis, Latencies times) {
    put(out, name, times.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(millis), 3);
  }

  private static void put(ObjectNode out, String name, OptionalDouble value, int decimals) {
    if (value.isPresent()) {
      out.put(name, Rounded.to(value.getAsDouble(), decimals));
    } else {
      out.putNull(name);
    }
  }

  private static double millis(Duration time) {
    return Rounded.to(time.toNanos() / 1e6, 3);
  }

  /** A few lines for a person. */
  public String text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        format(
            "%s: %.1f attestations/s (%d in %.1f s), %s",
            plan.tee().wireName(),
            result.perSecond(),
            result.attestations(),
            result.window().toNanos() / 1e9,
            demand()));
    lines.add("");
    lines.add(format("%-12s%12s%12s%12s%12s", "ms", "p50", "p90", "p99", "max"));
    lines.add(row("latency", result.latency()));
    new TreeMap<>(result.phases())
        .forEach((phase, times) -> lines.add(row("  " + phase.wireName(), times)));
    lines.add("");
    errors(lines);
    if (result.late() > 0 && result.late() >= result.attestations()) {
      lines.add(
          format(
              "%d attestations ended after the time was over: measure longer to have a rate",
              result.late()));
    }
    result.lag().ifPresent(lag -> lines.add(lag(lag)));
    lines.add(
        format(
            "processor seconds: client %s, server %s of %.1f on %d processors; memory of the server"
                + " %s",
            text(usage.clientSeconds(), ""),
            text(usage.serverSeconds(), ""),
            result.window().toNanos() / 1e9 * limit.processors(),
            limit.processors(),
            text(usage.serverMegabytes(), " MiB")));
    if (limit.operations().isEmpty()) {
      lines.add("cryptography alone: not measured, since the load came from elsewhere");
    } else {
      limit(lines);
    }
    return String.join("\n", lines);
  }

  private void limit(List<String> lines) {
    lines.add(
        format(
            "cryptography alone (%s): %.1f/s; reached %.0f %%",
            limit.serverHere() ? "client and server on this machine" : "client only",
            limit.perSecond(),
            100 * share()));
    cryptography.forEach(
        (side, who) -> lines.add(format("cryptography of the %s by %s", side, who)));
    operations(lines);
  }

  private String demand() {
    String connections =
        plan.reconnect() ? ", one connection for each attestation" : ", one connection each";
    return result
        .lag()
        .map(lag -> format("%.1f/s asked for, up to %d clients", lag.offered(), result.clients()))
        .orElseGet(() -> result.clients() + (result.clients() == 1 ? " client" : " clients"))
        .concat(connections);
  }

  private void errors(List<String> lines) {
    if (result.errors().isEmpty()) {
      lines.add("no errors");
    }
    new TreeMap<>(result.errors())
        .forEach(
            (kind, count) ->
                lines.add(
                    format("%d x %s: %s", count, kind, result.samples().getOrDefault(kind, ""))));
  }

  private static String lag(LoadResult.Lag lag) {
    return format(
        "lag: one waited up to %.0f ms for its turn; at the end %.0f ms behind, %d not begun",
        millis(lag.most()), millis(lag.behind()), lag.unsent());
  }

  private void operations(List<String> lines) {
    Map<Operation.Side, Double> sums = new EnumMap<>(Operation.Side.class);
    limit.operations().forEach(o -> sums.merge(o.side(), o.perAttestation(), Double::sum));
    sums.forEach(
        (side, micros) -> {
          lines.add(
              format(
                  "  %-8s%10.0f us: %.0f/s on one core",
                  side == Operation.Side.CLIENT ? "client" : "server",
                  micros,
                  CORE_SECONDS / micros));
          limit.operations().stream()
              .filter(operation -> operation.side() == side)
              .sorted(Comparator.comparingDouble(Operation::perAttestation).reversed())
              .forEach(
                  operation ->
                      lines.add(
                          format(
                              "    %10.1f us x %-6s %s",
                              operation.micros(), count(operation.count()), operation.name())));
        });
  }

  private static String count(double count) {
    return count == Math.rint(count) ? "%.0f".formatted(count) : format("%.3f", count);
  }

  private static String row(String name, Latencies times) {
    return format(
        "%-12s%12.2f%12.2f%12.2f%12.2f",
        name,
        times.percentileMillis(50),
        times.percentileMillis(90),
        times.percentileMillis(99),
        times.maxMillis());
  }

  private static String text(OptionalDouble value, String unit) {
    return value.isPresent() ? format("%.1f%s", value.getAsDouble(), unit) : "unknown";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
