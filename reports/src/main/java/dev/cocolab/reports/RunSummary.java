package dev.cocolab.reports;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The run for programs: {@code run.json}. Members are only ever added. */
final class RunSummary {

  private static final JsonMapper JSON = JsonMapper.shared();

  private RunSummary() {}

  static String of(Results results, RunFacts facts) {
    Redaction redaction = new Redaction(results.hosts());
    ObjectNode run = JSON.createObjectNode();
    run.put("state", results.state());
    run.put("verdict", results.verdict());
    ObjectNode counts = run.putObject("counts");
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome.word(), results.count(outcome));
    }
    run.put("durationMillis", results.millis());
    run.put("started", facts.started().toString());
    run.put("target", facts.target());
    run.put("profile", facts.profile());
    facts.seed().ifPresent(seed -> run.put("seed", seed));
    facts.gitCommit().ifPresent(commit -> run.put("gitCommit", commit));
    ObjectNode versions = run.putObject("versions");
    facts.versions().forEach(versions::put);
    ArrayNode features = run.putArray("features");
    results
        .byFeature()
        .forEach((name, scenarios) -> feature(features.addObject(), name, scenarios, redaction));
    ArrayNode problems = run.putArray("problems");
    results.problems().forEach(p -> problems.add(redaction.of(p)));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(run) + "\n";
  }

  private static void feature(
      ObjectNode node, String name, List<Scenario> scenarios, Redaction redaction) {
    node.put("name", redaction.of(name));
    ArrayNode list = node.putArray("scenarios");
    for (Scenario scenario : scenarios) {
      ObjectNode entry = list.addObject();
      entry.put("name", redaction.of(scenario.name()));
      entry.put("location", redaction.of(scenario.location()));
      entry.put("outcome", scenario.outcome().word());
      scenario.reason().ifPresent(reason -> entry.put("reason", redaction.of(reason)));
      entry.put("durationMillis", scenario.millis());
    }
  }
}
