package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Cells of jobs. */
final class JobCells {
  private JobCells() {}

  static List<Column> columns() {
    return BuiltInColumns.of(
        Column.text("Status", JobCells::status),
        Column.text("Completions", JobCells::completions),
        new Column("Duration", "string", "", 0, "", (o, clock) -> o.stringNode(duration(o, clock))),
        Column.wide("Containers", o -> BuiltInColumns.containers(o, "name")),
        Column.wide("Images", o -> BuiltInColumns.containers(o, "image")),
        Column.wide("Selector", o -> BuiltInColumns.selector(Trees.at(o, "spec", "selector"))));
  }

  private static String status(ObjectNode job) {
    for (String type :
        List.of("Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet")) {
      for (ObjectNode condition : Trees.objects(job, "status", "conditions")) {
        if (Trees.textOrEmpty(condition, "type").equals(type)
            && Trees.textOrEmpty(condition, "status").equals("True")) {
          return type;
        }
      }
    }
    return job.path("metadata").has("deletionTimestamp") ? "Terminating" : "Running";
  }

  private static String completions(ObjectNode job) {
    long succeeded = Trees.number(job, "status", "succeeded").orElse(0);
    if (Trees.number(job, "spec", "completions").isPresent()) {
      return succeeded + "/" + Trees.number(job, "spec", "completions").getAsLong();
    }
    long parallel = Trees.number(job, "spec", "parallelism").orElse(1);
    return parallel > 1 ? succeeded + "/1 of " + parallel : succeeded + "/1";
  }

  private static String duration(ObjectNode job, Clock clock) {
    try {
      Instant start = Instant.parse(Trees.textOrEmpty(job, "status", "startTime"));
      Instant end =
          Trees.text(job, "status", "completionTime").map(Instant::parse).orElseGet(clock::instant);
      return HumanDuration.of(Duration.between(start, end));
    } catch (DateTimeParseException notStarted) {
      return "";
    }
  }
}
