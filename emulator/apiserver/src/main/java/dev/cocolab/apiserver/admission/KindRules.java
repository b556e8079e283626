package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Required and immutable fields of built-in kinds. */
final class KindRules {
  /** Where events about what has no namespace stand. */
  private static final Set<String> CLUSTER_WIDE = Set.of("default", "kube-system");

  private KindRules() {}

  static void check(ResourceType type, ObjectNode object, List<Cause> causes) {
    String kind = type.storageName();
    JsonNode spec = object.path("spec");
    if (kind.equals("pods")) {
      PodRules.check(spec, "spec", causes);
    } else if (WorkloadRules.KINDS.contains(kind)) {
      WorkloadRules.check(kind, object, causes);
    } else if (kind.equals("jobs.batch")) {
      WorkloadRules.checkJob(spec, causes);
    } else if (kind.equals("cronjobs.batch")) {
      WorkloadRules.checkSchedule(Trees.textOrEmpty(spec, "schedule"), causes);
    } else if (kind.equals("services")) {
      service(spec, causes);
    } else if (kind.equals("secrets") || kind.equals("configmaps")) {
      DataRules.check(kind, object, causes);
    } else if (kind.equals("leases.coordination.k8s.io")) {
      long seconds = Trees.number(spec, "leaseDurationSeconds").orElse(1);
      if (seconds <= 0) {
        causes.add(Cause.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
      }
    } else if (kind.equals("events")) {
      event(object, causes);
    } else if (kind.equals("poddisruptionbudgets.policy")
        && spec.hasNonNull("minAvailable")
        && spec.hasNonNull("maxUnavailable")) {
      causes.add(Cause.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
    } else if (kind.equals("customresourcedefinitions.apiextensions.k8s.io")) {
      DefinitionRules.check(object, causes);
    } else if (kind.equals("certificatesigningrequests.certificates.k8s.io")) {
      RequestRules.check(spec, causes);
    } else if (kind.equals("runtimeclasses.node.k8s.io")) {
      String handler = Trees.textOrEmpty(object, "handler");
      Names.label(handler).ifPresent(text -> causes.add(Cause.invalid("handler", handler, text)));
    } else if (kind.endsWith("bindings.rbac.authorization.k8s.io")) {
      AccessRules.checkBinding(type.namespaced(), object, causes);
    } else if (kind.endsWith("roles.rbac.authorization.k8s.io")) {
      AccessRules.checkRole(type.namespaced(), object, causes);
    }
  }

  /** An event without a namespace is about what has none. */
  private static void event(JsonNode object, List<Cause> causes) {
    String about = Trees.textOrEmpty(object, "involvedObject", "namespace");
    String own = Trees.textOrEmpty(object, "metadata", "namespace");
    boolean clusterWide = about.isEmpty() && CLUSTER_WIDE.contains(own);
    if (!about.equals(own) && !clusterWide) {
      causes.add(
          Cause.invalid("involvedObject.namespace", about, "does not match event.namespace"));
    }
  }

  private static void service(JsonNode spec, List<Cause> causes) {
    List<ObjectNode> ports = Trees.objects(spec, "ports");
    String type = Trees.textOrEmpty(spec, "type");
    boolean headless = Trees.textOrEmpty(spec, "clusterIP").equals("None");
    if (type.equals("ExternalName") && Trees.text(spec, "externalName").isEmpty()) {
      causes.add(Cause.required("spec.externalName", ""));
    }
    if (ports.isEmpty() && !headless && !type.equals("ExternalName")) {
      causes.add(Cause.required("spec.ports", ""));
    }
    List<String> types = List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
    if (!type.isEmpty() && !types.contains(type)) {
      causes.add(Cause.notSupported("spec.type", type, types));
    }
    for (int i = 0; i < ports.size(); i++) {
      long port = Trees.number(ports.get(i), "port").orElse(0);
      if (port < 1 || port > 65535) {
        causes.add(
            Cause.invalid(
                "spec.ports[" + i + "].port", port, "must be between 1 and 65535, inclusive"));
      }
      if (ports.size() > 1 && Trees.text(ports.get(i), "name").isEmpty()) {
        causes.add(Cause.required("spec.ports[" + i + "].name", ""));
      }
      PodRules.oneOf(
          ports.get(i), "protocol", "spec.ports[" + i + "]", List.of("SCTP", "TCP", "UDP"), causes);
      long target = Trees.number(ports.get(i), "targetPort").orElse(1);
      if (target < 1 || target > 65535) {
        causes.add(
            Cause.invalid(
                "spec.ports[" + i + "].targetPort",
                target,
                "must be between 1 and 65535, inclusive"));
      }
    }
  }

  /** What may not change once it is there. */
  static void checkUpdate(
      ResourceType type, ObjectNode before, ObjectNode after, List<Cause> causes) {
    String kind = type.storageName();
    switch (kind) {
      case "pods" -> PodRules.checkUpdate(before.path("spec"), after.path("spec"), causes);
      case "secrets", "configmaps" -> immutableData(kind, before, after, causes);
      case "deployments.apps", "replicasets.apps", "daemonsets.apps" ->
          fixedSelector(before, after, causes);
      case "statefulsets.apps" ->
          WorkloadRules.checkStatefulSetUpdate(before.path("spec"), after.path("spec"), causes);
      case "priorityclasses.scheduling.k8s.io" -> {
        if (!before.path("value").equals(after.path("value"))) {
          causes.add(Cause.forbidden("value", "may not be changed in an update."));
        }
      }
      case "jobs.batch" -> {
        fixedSelector(before, after, causes);
        fixed(before, after, causes, "spec", "template");
        fixed(before, after, causes, "spec", "completions");
      }
      case "rolebindings.rbac.authorization.k8s.io",
          "clusterrolebindings.rbac.authorization.k8s.io" -> {
        if (!before.path("roleRef").equals(after.path("roleRef"))) {
          causes.add(
              new Cause(
                  "FieldValueInvalid",
                  "Invalid value: "
                      + GoText.roleRef(after.path("roleRef"))
                      + ": cannot change roleRef",
                  "roleRef"));
        }
      }
      case "runtimeclasses.node.k8s.io" -> fixed(before, after, causes, "handler");
      case "customresourcedefinitions.apiextensions.k8s.io" -> {
        for (String field : new String[] {"group", "scope"}) {
          fixed(before, after, causes, "spec", field);
        }
        for (String field : new String[] {"kind", "plural"}) {
          fixed(before, after, causes, "spec", "names", field);
        }
      }
      default -> {
        // everything may change
      }
    }
  }

  private static void fixedSelector(JsonNode before, JsonNode after, List<Cause> causes) {
    JsonNode changed = Trees.at(after, "spec", "selector");
    if (!Trees.at(before, "spec", "selector").equals(changed)) {
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: " + GoText.labelSelector(changed) + ": field is immutable",
              "spec.selector"));
    }
  }

  private static void fixed(JsonNode before, JsonNode after, List<Cause> causes, String... path) {
    JsonNode changed = Trees.at(after, path);
    if (!Trees.at(before, path).equals(changed)) {
      String field = String.join(".", path);
      causes.add(
          new Cause(
              "FieldValueInvalid", "Invalid value: " + changed + ": field is immutable", field));
    }
  }

  private static void immutableData(
      String kind, JsonNode before, JsonNode after, List<Cause> causes) {
    if (kind.equals("secrets")) {
      fixed(before, after, causes, "type");
    }
    if (!before.path("immutable").booleanValue(false)) {
      return;
    }
    String text = "field is immutable when `immutable` is set";
    if (!after.path("immutable").booleanValue(false)) {
      causes.add(Cause.forbidden("immutable", text));
    }
    for (String field : new String[] {"data", "binaryData"}) {
      if (!before.path(field).equals(after.path(field))) {
        causes.add(Cause.forbidden(field, text));
      }
    }
  }
}
