package dev.cocolab.steps.performance;

import dev.cocolab.load.Demand;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One load and what came of it.
 *
 * @param demand what was asked for
 * @param report the JSON of {@code bench attest}
 * @param others how busy other programs kept this machine's processors meanwhile, 0 to 1
 */
public record Load(Demand demand, JsonNode report, double others) {
  public Load {
    Objects.requireNonNull(demand, "demand");
    Objects.requireNonNull(report, "report");
  }

  /** Attestations a second that succeeded. */
  public double perSecond() {
    return report.path("per_second").asDouble(0);
  }

  /** The rate as a part of what the cryptography alone allows. */
  public double share() {
    return report.path("share").asDouble(0);
  }

  /** How often p50 is p99; infinite when nothing succeeded. */
  public double tail() {
    JsonNode latency = report.path("latency_ms");
    return latency.path("p99").asDouble(0) / latency.path("p50").asDouble(0);
  }

  /** At a fixed rate: attestations that succeeded as a part of those that were begun. */
  public double keptUp() {
    return perSecond() / ((Demand.Rate) demand).perSecond();
  }

  /** Milliseconds of all or of one phase; not a number when there are none. */
  public double millis(String phase, String percentile) {
    JsonNode times =
        phase.isEmpty() ? report.path("latency_ms") : report.path("phases").path(phase);
    return times.path(percentile).asDouble(Double.NaN);
  }

  /** How many attestations failed. */
  public long errors() {
    long sum = 0;
    for (var error : report.path("errors").properties()) {
      sum += error.getValue().asLong(0);
    }
    return sum;
  }

  /** How it failed, e.g. {@code 8 clients: {"attest_401":3}}. */
  public String failures() {
    return "%s: %s, %s".formatted(words(), report.path("errors"), report.path("error_samples"));
  }

  private String words() {
    return demand instanceof Demand.Clients clients
        ? clients.count() + " clients"
        : "%.1f/s".formatted(((Demand.Rate) demand).perSecond());
  }

  void addTo(ObjectNode out) {
    out.setAll((ObjectNode) report);
    // Where it listens says nothing to a reader and changes with every run.
    out.remove("url");
    out.put("others", others);
    ObjectNode asked = out.putObject("asked");
    if (demand instanceof Demand.Clients clients) {
      asked.put("clients", clients.count());
    } else {
      asked.put("rate", ((Demand.Rate) demand).perSecond());
    }
  }
}
