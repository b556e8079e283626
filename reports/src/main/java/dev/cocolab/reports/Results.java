package dev.cocolab.reports;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Everything a run left behind.
 *
 * @param scenarios in the order of their places
 * @param problems what could not be read, a sentence each
 * @param hosts names of machines that the results mention
 */
record Results(List<Scenario> scenarios, List<String> problems, List<String> hosts) {

  Results {
    scenarios = List.copyOf(scenarios);
    problems = List.copyOf(problems);
    hosts = List.copyOf(hosts);
  }

  long count(Outcome outcome) {
    return scenarios.stream().filter(s -> s.outcome() == outcome).count();
  }

  List<Scenario> bad() {
    return scenarios.stream()
        .filter(s -> s.outcome().isBad())
        .sorted(Comparator.comparing(Scenario::outcome))
        .toList();
  }

  /** From the first scenario's begin to the last one's end. */
  long millis() {
    long start =
        scenarios.stream().mapToLong(Scenario::startMillis).filter(t -> t > 0).min().orElse(0);
    long stop = scenarios.stream().mapToLong(Scenario::stopMillis).max().orElse(0);
    return start == 0 ? 0 : Math.max(0, stop - start);
  }

  /**
   * Scenarios by feature: features with trouble first, else in order; likewise the scenarios of
   * each.
   */
  Map<String, List<Scenario>> byFeature() {
    Map<String, List<Scenario>> grouped =
        scenarios.stream()
            .collect(
                Collectors.groupingBy(Scenario::feature, LinkedHashMap::new, Collectors.toList()));
    Map<String, List<Scenario>> result = new LinkedHashMap<>();
    grouped.entrySet().stream()
        .sorted(
            Comparator.comparing(e -> e.getValue().stream().noneMatch(s -> s.outcome().isBad())))
        .forEach(
            e ->
                result.put(
                    e.getKey(),
                    e.getValue().stream()
                        .sorted(Comparator.comparing(s -> !s.outcome().isBad()))
                        .toList()));
    return result;
  }

  /** The run in one sentence. */
  String verdict() {
    long all = scenarios.size();
    long failed = count(Outcome.FAILED);
    long broken = count(Outcome.BROKEN) + count(Outcome.UNKNOWN);
    long skipped = count(Outcome.SKIPPED);
    if (all == 0) {
      return "Nothing ran, so nothing was proved.";
    }
    if (failed + broken > 0) {
      String first = failed > 0 ? failed + " of " + scenarios(all) + " failed" : "";
      String second =
          broken > 0
              ? broken + (failed > 0 ? "" : " of " + scenarios(all)) + " could not be checked"
              : "";
      return first + (first.isEmpty() || second.isEmpty() ? "" : ", ") + second + ".";
    }
    if (skipped == all) {
      return "Nothing was proved: "
          + (all == 1 ? "the scenario was" : "all " + scenarios(all) + " were")
          + " skipped.";
    }
    if (skipped > 0) {
      return scenarios(all - skipped)
          + " passed, "
          + skipped
          + (skipped == 1 ? " was" : " were")
          + " skipped.";
    }
    return all == 1 ? "The scenario passed." : "All " + scenarios(all) + " passed.";
  }

  private static String scenarios(long count) {
    return count + (count == 1 ? " scenario" : " scenarios");
  }

  /**
   * One word for programs: {@code passed}, {@code failed}, {@code skipped}, {@code incomplete} or
   * {@code nothing-ran}.
   */
  String state() {
    if (scenarios.isEmpty()) {
      return "nothing-ran";
    }
    if (!bad().isEmpty()) {
      return "failed";
    }
    if (!problems.isEmpty()) {
      return "incomplete";
    }
    return count(Outcome.SKIPPED) == scenarios.size() ? "skipped" : "passed";
  }
}
