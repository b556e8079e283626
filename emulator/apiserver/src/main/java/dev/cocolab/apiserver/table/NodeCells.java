package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Cells of nodes. */
final class NodeCells {
  private static final String ROLE = "node-role.kubernetes.io/";

  private NodeCells() {}

  static List<Column> columns() {
    return BuiltInColumns.of(
        Column.text("Status", NodeCells::status),
        Column.text("Roles", NodeCells::roles),
        Column.text("Version", o -> Trees.textOrEmpty(o, "status", "nodeInfo", "kubeletVersion")),
        Column.wide("Internal-IP", o -> address(o, "InternalIP")),
        Column.wide("External-IP", o -> address(o, "ExternalIP")),
        Column.wide("OS-Image", o -> info(o, "osImage")),
        Column.wide("Kernel-Version", o -> info(o, "kernelVersion")),
        Column.wide("Container-Runtime", o -> info(o, "containerRuntimeVersion")));
  }

  private static String status(ObjectNode node) {
    List<String> words = new ArrayList<>();
    for (ObjectNode condition : Trees.objects(node, "status", "conditions")) {
      if (Trees.textOrEmpty(condition, "type").equals("Ready")) {
        words.add(Trees.textOrEmpty(condition, "status").equals("True") ? "Ready" : "NotReady");
      }
    }
    if (words.isEmpty()) {
      words.add("Unknown");
    }
    if (Trees.at(node, "spec", "unschedulable").booleanValue(false)) {
      words.add("SchedulingDisabled");
    }
    return String.join(",", words);
  }

  private static String roles(ObjectNode node) {
    TreeSet<String> roles = new TreeSet<>();
    for (Map.Entry<String, JsonNode> label : Trees.at(node, "metadata", "labels").properties()) {
      if (label.getKey().startsWith(ROLE) && label.getKey().length() > ROLE.length()) {
        roles.add(label.getKey().substring(ROLE.length()));
      } else if (label.getKey().equals("kubernetes.io/role")) {
        label.getValue().stringValueOpt().filter(text -> !text.isEmpty()).ifPresent(roles::add);
      }
    }
    return roles.isEmpty() ? "<none>" : String.join(",", roles);
  }

  private static String address(ObjectNode node, String type) {
    return Trees.objects(node, "status", "addresses").stream()
        .filter(address -> Trees.textOrEmpty(address, "type").equals(type))
        .map(address -> Trees.textOrEmpty(address, "address"))
        .findFirst()
        .orElse("<none>");
  }

  private static String info(ObjectNode node, String field) {
    return Trees.text(node, "status", "nodeInfo", field).orElse("<unknown>");
  }
}
