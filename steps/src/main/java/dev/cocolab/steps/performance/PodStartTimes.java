package dev.cocolab.steps.performance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How long pods took from one phase of their start to the next.
 *
 * @param phases times of each phase, shortest first, in the order in which pods came to them
 * @param totals times of whole starts, shortest first
 */
public record PodStartTimes(Map<String, List<Duration>> phases, List<Duration> totals) {
  static PodStartTimes none() {
    return new PodStartTimes(Map.of(), List.of());
  }

  /**
   * From when each pod came to each phase.
   *
   * @param reached of each pod the phases in their order, and the time since it was applied
   */
  static PodStartTimes of(List<Map<String, Duration>> reached) {
    Map<String, List<Duration>> phases = new LinkedHashMap<>();
    List<Duration> totals = new ArrayList<>();
    for (Map<String, Duration> pod : reached) {
      Duration before = Duration.ZERO;
      for (Map.Entry<String, Duration> phase : pod.entrySet()) {
        phases
            .computeIfAbsent(phase.getKey(), name -> new ArrayList<>())
            .add(phase.getValue().minus(before));
        before = phase.getValue();
      }
      totals.add(before);
    }
    phases.values().forEach(times -> times.sort(null));
    totals.sort(null);
    return new PodStartTimes(phases, totals);
  }

  /** How many pods were started. */
  public int count() {
    return totals.size();
  }

  /** Milliseconds of the longest start. */
  public double slowest() {
    return Measurements.millis(totals.get(totals.size() - 1));
  }

  /** The longest start in parts of the middle one. */
  public double spread() {
    return slowest() / Measurements.millis(middle(totals));
  }

  private static Duration middle(List<Duration> sorted) {
    return sorted.get(sorted.size() / 2);
  }

  void addTo(ObjectNode out) {
    out.put("count", count());
    ArrayNode list = out.putArray("phases");
    phases.forEach(
        (name, times) ->
            list.addObject()
                .put("name", name)
                .put("median_ms", Measurements.millis(middle(times)))
                .put("most_ms", Measurements.millis(times.get(times.size() - 1))));
  }
}
