package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Columns of certificate signing requests; here the age stands second. */
final class RequestCells {
  private RequestCells() {}

  static List<Column> columns() {
    return List.of(
        Column.objectName(),
        Column.age(),
        Column.text("SignerName", o -> Trees.text(o, "spec", "signerName").orElse("<none>")),
        Column.text("Requestor", o -> Trees.textOrEmpty(o, "spec", "username")),
        Column.text("RequestedDuration", RequestCells::duration),
        Column.text("Condition", RequestCells::condition));
  }

  private static String duration(ObjectNode request) {
    var seconds = Trees.number(request, "spec", "expirationSeconds");
    return seconds.isPresent()
        ? HumanDuration.of(Duration.ofSeconds(seconds.getAsLong()))
        : "<none>";
  }

  private static String condition(ObjectNode request) {
    List<String> types =
        Trees.objects(request, "status", "conditions").stream()
            .map(condition -> Trees.textOrEmpty(condition, "type"))
            .collect(Collectors.toCollection(ArrayList::new));
    List<String> words = new ArrayList<>();
    words.add(
        types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending");
    if (types.contains("Failed")) {
      words.add("Failed");
    }
    if (!Trees.textOrEmpty(request, "status", "certificate").isEmpty()) {
      words.add("Issued");
    }
    return String.join(",", words);
  }
}
