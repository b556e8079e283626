package dev.cocolab.apiserver.table;

import dev.cocolab.apiserver.json.Trees;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Columns of the built-in kinds, as kubectl prints them. */
final class BuiltInColumns {
  private static final String NONE = "<none>";

  private BuiltInColumns() {}

  static List<Column> of(String storageName) {
    return switch (storageName) {
      case "pods" -> pods();
      case "nodes" -> NodeCells.columns();
      case "namespaces" -> of(Column.text("Status", o -> Trees.textOrEmpty(o, "status", "phase")));
      case "secrets" ->
          of(Column.text("Type", o -> Trees.textOrEmpty(o, "type")), size("Data", "data"));
      case "configmaps" -> of(size("Data", "data", "binaryData"));
      case "serviceaccounts" -> of(size("Secrets", "secrets"));
      case "services" -> services();
      case "events" -> EventCells.columns();
      case "endpoints" -> of(Column.text("Endpoints", BuiltInColumns::endpoints));
      case "deployments.apps" -> deployments();
      case "replicasets.apps" ->
          of(
              workload(
                  Column.number("Desired", "spec", "replicas"),
                  Column.number("Current", "status", "replicas"),
                  Column.number("Ready", "status", "readyReplicas")));
      case "statefulsets.apps" -> statefulSets();
      case "daemonsets.apps" -> daemonSets();
      case "jobs.batch" -> JobCells.columns();
      case "cronjobs.batch" ->
          of(
              Column.text("Schedule", o -> Trees.textOrEmpty(o, "spec", "schedule")),
              Column.text("Timezone", o -> Trees.text(o, "spec", "timeZone").orElse("<none>")),
              Column.text(
                  "Suspend", o -> upper(Trees.at(o, "spec", "suspend").booleanValue(false))),
              size("Active", "active"),
              Column.since("Last Schedule", "status", "lastScheduleTime"));
      case "certificatesigningrequests.certificates.k8s.io" -> RequestCells.columns();
      case "runtimeclasses.node.k8s.io" ->
          of(Column.text("Handler", o -> Trees.textOrEmpty(o, "handler")));
      case "leases.coordination.k8s.io" ->
          of(Column.text("Holder", o -> Trees.textOrEmpty(o, "spec", "holderIdentity")));
      case "rolebindings.rbac.authorization.k8s.io",
          "clusterrolebindings.rbac.authorization.k8s.io" ->
          bindings();
      case "roles.rbac.authorization.k8s.io",
          "clusterroles.rbac.authorization.k8s.io",
          "customresourcedefinitions.apiextensions.k8s.io" ->
          List.of(
              Column.objectName(),
              Column.text(
                  "Created At", o -> Trees.textOrEmpty(o, "metadata", "creationTimestamp")));
      default -> of();
    };
  }

  private static String upper(boolean value) {
    return value ? "True" : "False";
  }

  /** Name, the given columns, age; columns for wide output stand after the age. */
  static List<Column> of(Column... middle) {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.objectName());
    Arrays.stream(middle).filter(column -> column.priority() == 0).forEach(columns::add);
    columns.add(Column.age());
    Arrays.stream(middle).filter(column -> column.priority() != 0).forEach(columns::add);
    return columns;
  }

  private static Column[] workload(Column... own) {
    Column[] all = Arrays.copyOf(own, own.length + 3);
    all[own.length] = Column.wide("Containers", o -> containers(o, "name"));
    all[own.length + 1] = Column.wide("Images", o -> containers(o, "image"));
    all[own.length + 2] = Column.wide("Selector", o -> selector(Trees.at(o, "spec", "selector")));
    return all;
  }

  static String containers(ObjectNode object, String field) {
    return String.join(
        ",",
        Trees.objects(object, "spec", "template", "spec", "containers").stream()
            .map(container -> Trees.textOrEmpty(container, field))
            .toList());
  }

  static String selector(JsonNode selector) {
    JsonNode labels = selector.has("matchLabels") ? selector.path("matchLabels") : selector;
    List<String> terms = new ArrayList<>();
    for (Map.Entry<String, JsonNode> label : labels.properties()) {
      if (label.getValue().isString()) {
        terms.add(label.getKey() + "=" + label.getValue().stringValue());
      }
    }
    return terms.isEmpty() ? NONE : String.join(",", terms);
  }

  private static Column size(String name, String... fields) {
    return new Column(
        name,
        "string",
        "",
        0,
        "",
        (object, clock) -> {
          int size = 0;
          for (String field : fields) {
            size += object.path(field).size();
          }
          return object.numberNode(size);
        });
  }

  private static List<Column> pods() {
    return of(
        Column.text("Ready", PodCells::ready),
        Column.text("Status", PodCells::status),
        new Column(
            "Restarts",
            "string",
            "",
            0,
            "",
            (o, clock) -> o.stringNode(PodCells.restarts(o, clock))),
        Column.wide("IP", o -> Trees.text(o, "status", "podIP").orElse(NONE)),
        Column.wide("Node", o -> Trees.text(o, "spec", "nodeName").orElse(NONE)),
        Column.wide(
            "Nominated Node", o -> Trees.text(o, "status", "nominatedNodeName").orElse(NONE)),
        Column.wide("Readiness Gates", PodCells::readinessGates));
  }

  private static List<Column> deployments() {
    return of(
        workload(
            Column.text("Ready", o -> ready(o)),
            Column.number("Up-to-date", "status", "updatedReplicas"),
            Column.number("Available", "status", "availableReplicas")));
  }

  private static String ready(ObjectNode object) {
    return Trees.number(object, "status", "readyReplicas").orElse(0)
        + "/"
        + Trees.number(object, "spec", "replicas").orElse(0);
  }

  private static List<Column> statefulSets() {
    return of(
        Column.text("Ready", o -> ready(o)),
        Column.wide("Containers", o -> containers(o, "name")),
        Column.wide("Images", o -> containers(o, "image")));
  }

  private static List<Column> daemonSets() {
    return of(
        workload(
            Column.number("Desired", "status", "desiredNumberScheduled"),
            Column.number("Current", "status", "currentNumberScheduled"),
            Column.number("Ready", "status", "numberReady"),
            Column.number("Up-to-date", "status", "updatedNumberScheduled"),
            Column.number("Available", "status", "numberAvailable"),
            Column.text(
                "Node Selector",
                o -> selector(Trees.at(o, "spec", "template", "spec", "nodeSelector")))));
  }

  private static List<Column> services() {
    return of(
        Column.text("Type", o -> Trees.textOrEmpty(o, "spec", "type")),
        Column.text("Cluster-IP", o -> Trees.text(o, "spec", "clusterIP").orElse(NONE)),
        Column.text("External-IP", BuiltInColumns::externalIp),
        Column.text("Port(s)", BuiltInColumns::ports),
        Column.wide("Selector", o -> selector(Trees.at(o, "spec", "selector"))));
  }

  private static String externalIp(ObjectNode service) {
    List<String> given = Trees.texts(service, "spec", "externalIPs");
    return switch (Trees.textOrEmpty(service, "spec", "type")) {
      case "ExternalName" -> Trees.textOrEmpty(service, "spec", "externalName");
      case "LoadBalancer" -> {
        List<String> addresses =
            Trees.objects(service, "status", "loadBalancer", "ingress").stream()
                .map(
                    ingress ->
                        Trees.text(ingress, "ip").orElse(Trees.textOrEmpty(ingress, "hostname")))
                .toList();
        yield addresses.isEmpty() ? "<pending>" : String.join(",", addresses);
      }
      default -> given.isEmpty() ? NONE : String.join(",", given);
    };
  }

  private static String ports(ObjectNode service) {
    List<String> ports =
        Trees.objects(service, "spec", "ports").stream()
            .map(
                port -> {
                  long node = Trees.number(port, "nodePort").orElse(0);
                  return Trees.number(port, "port").orElse(0)
                      + (node > 0 ? ":" + node : "")
                      + "/"
                      + Trees.textOrEmpty(port, "protocol");
                })
            .toList();
    return ports.isEmpty() ? NONE : String.join(",", ports);
  }

  private static String endpoints(ObjectNode object) {
    List<String> found = new ArrayList<>();
    for (ObjectNode subset : Trees.objects(object, "subsets")) {
      for (ObjectNode address : Trees.objects(subset, "addresses")) {
        for (ObjectNode port : Trees.objects(subset, "ports")) {
          found.add(Trees.textOrEmpty(address, "ip") + ":" + Trees.number(port, "port").orElse(0));
        }
      }
    }
    if (found.size() > 3) {
      return String.join(",", found.subList(0, 3)) + " + " + (found.size() - 3) + " more...";
    }
    return found.isEmpty() ? NONE : String.join(",", found);
  }

  private static List<Column> bindings() {
    return of(
        Column.text(
            "Role",
            o ->
                Trees.textOrEmpty(o, "roleRef", "kind")
                    + "/"
                    + Trees.textOrEmpty(o, "roleRef", "name")),
        Column.wide("Users", o -> subjects(o, "User")),
        Column.wide("Groups", o -> subjects(o, "Group")),
        Column.wide("ServiceAccounts", o -> subjects(o, "ServiceAccount")));
  }

  private static String subjects(ObjectNode binding, String kind) {
    return String.join(
        ", ",
        Trees.objects(binding, "subjects").stream()
            .filter(subject -> Trees.textOrEmpty(subject, "kind").equals(kind))
            .map(
                subject ->
                    Trees.text(subject, "namespace").map(ns -> ns + "/").orElse("")
                        + Trees.textOrEmpty(subject, "name"))
            .toList());
  }
}
