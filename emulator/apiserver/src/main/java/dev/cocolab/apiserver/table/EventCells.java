package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Cells of events, which have their own order of columns. */
final class EventCells {
  private EventCells() {}

  static List<Column> columns() {
    return List.of(
        timed("Last Seen", 0, EventCells::lastSeen),
        Column.text("Type", o -> Trees.textOrEmpty(o, "type")),
        Column.text("Reason", o -> Trees.textOrEmpty(o, "reason")),
        Column.text("Object", EventCells::object),
        Column.wide("Subobject", o -> Trees.textOrEmpty(o, "involvedObject", "fieldPath")),
        Column.wide("Source", EventCells::source),
        Column.text("Message", o -> Trees.textOrEmpty(o, "message").strip()),
        timed("First Seen", 1, EventCells::firstSeen),
        Column.wide("Count", o -> Long.toString(Trees.number(o, "count").orElse(1))),
        new Column(
            "Name",
            "string",
            "name",
            1,
            "",
            (object, clock) -> object.stringNode(Trees.textOrEmpty(object, "metadata", "name"))));
  }

  private interface Timed {
    String of(ObjectNode object, Clock clock);
  }

  private static Column timed(String name, int priority, Timed text) {
    return new Column(
        name,
        "string",
        "",
        priority,
        "",
        (object, clock) -> object.stringNode(text.of(object, clock)));
  }

  private static String lastSeen(ObjectNode event, Clock clock) {
    String last =
        Trees.text(event, "series", "lastObservedTime")
            .or(() -> Trees.text(event, "lastTimestamp"))
            .or(() -> Trees.text(event, "eventTime"))
            .orElse("");
    return HumanDuration.since(last, clock);
  }

  private static String firstSeen(ObjectNode event, Clock clock) {
    return HumanDuration.since(
        Trees.text(event, "firstTimestamp").orElse(Trees.textOrEmpty(event, "eventTime")), clock);
  }

  private static String object(ObjectNode event) {
    String kind = Trees.textOrEmpty(event, "involvedObject", "kind").toLowerCase(Locale.ROOT);
    String name = Trees.textOrEmpty(event, "involvedObject", "name");
    return name.isEmpty() ? kind : kind + "/" + name;
  }

  private static String source(ObjectNode event) {
    String component =
        Trees.text(event, "source", "component")
            .orElse(Trees.textOrEmpty(event, "reportingComponent"));
    String host =
        Trees.text(event, "source", "host").orElse(Trees.textOrEmpty(event, "reportingInstance"));
    return host.isEmpty() ? component : component + ", " + host;
  }
}
