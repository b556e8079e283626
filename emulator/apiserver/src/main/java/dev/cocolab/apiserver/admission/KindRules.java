package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Required and immutable fields of built-in kinds. */
final class KindRules {
  private static final int MAX_DATA = 1024 * 1024;
  private static final Set<String> WORKLOADS =
      Set.of("deployments.apps", "replicasets.apps", "daemonsets.apps", "statefulsets.apps");
  private static final Map<String, List<String>> TYPED_SECRETS =
      Map.of(
          "kubernetes.io/tls", List.of("tls.crt", "tls.key"),
          "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
          "kubernetes.io/ssh-auth", List.of("ssh-privatekey"));

  private KindRules() {}

  static void check(ResourceType type, ObjectNode object, List<Cause> causes) {
    String kind = type.storageName();
    JsonNode spec = object.path("spec");
    if (kind.equals("pods")) {
      PodRules.check(spec, "spec", causes);
    } else if (WORKLOADS.contains(kind)) {
      selector(object, causes);
      template(kind, spec, causes);
    } else if (kind.equals("jobs.batch")) {
      PodRules.check(Trees.at(spec, "template", "spec"), "spec.template.spec", causes);
      jobRestart(spec, causes);
    } else if (kind.equals("services")) {
      service(spec, causes);
    } else if (kind.equals("secrets") || kind.equals("configmaps")) {
      data(kind, object, causes);
    } else if (kind.equals("customresourcedefinitions.apiextensions.k8s.io")) {
      DefinitionRules.check(object, causes);
    } else if (kind.equals("certificatesigningrequests.certificates.k8s.io")) {
      RequestRules.check(spec, causes);
    } else if (kind.equals("runtimeclasses.node.k8s.io")
        && Trees.text(object, "handler").isEmpty()) {
      causes.add(Cause.required("handler", ""));
    } else if (kind.endsWith("bindings.rbac.authorization.k8s.io")) {
      AccessRules.checkBinding(type.namespaced(), object, causes);
    } else if (kind.endsWith("roles.rbac.authorization.k8s.io")) {
      AccessRules.checkRole(type.namespaced(), object, causes);
    }
  }

  private static void selector(JsonNode object, List<Cause> causes) {
    JsonNode selector = Trees.at(object, "spec", "selector");
    boolean empty =
        selector.path("matchLabels").isEmpty() && selector.path("matchExpressions").isEmpty();
    if (!selector.isObject()) {
      causes.add(Cause.required("spec.selector", ""));
    } else if (empty) {
      causes.add(Cause.invalid("spec.selector", "{}", "empty selector is invalid for deployment"));
    }
    JsonNode labels = Trees.at(object, "spec", "template", "metadata", "labels");
    // no selector selects nothing, so it does not match either
    boolean matches =
        selector.isObject()
            && selector.path("matchLabels").properties().stream()
                .allMatch(wanted -> wanted.getValue().equals(labels.path(wanted.getKey())));
    if (!matches) {
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: "
                  + GoText.stringMap(labels)
                  + ": `selector` does not match template `labels`",
              "spec.template.metadata.labels"));
    }
  }

  private static void template(String kind, JsonNode spec, List<Cause> causes) {
    JsonNode podSpec = Trees.at(spec, "template", "spec");
    PodRules.check(podSpec, "spec.template.spec", causes);
    Trees.text(podSpec, "restartPolicy")
        .filter(policy -> !policy.equals("Always"))
        .ifPresent(
            policy ->
                causes.add(
                    Cause.notSupported(
                        "spec.template.spec.restartPolicy", policy, List.of("Always"))));
    long replicas = Trees.number(spec, "replicas").orElse(0);
    if (replicas < 0 && !kind.equals("daemonsets.apps")) {
      causes.add(Cause.invalid("spec.replicas", replicas, "must be greater than or equal to 0"));
    }
  }

  private static void jobRestart(JsonNode spec, List<Cause> causes) {
    String policy = Trees.textOrEmpty(spec, "template", "spec", "restartPolicy");
    if (policy.equals("Always")) {
      causes.add(
          new Cause(
              "FieldValueRequired",
              "Required value: valid values: \"OnFailure\", \"Never\"",
              "spec.template.spec.restartPolicy"));
    }
  }

  private static void service(JsonNode spec, List<Cause> causes) {
    List<ObjectNode> ports = Trees.objects(spec, "ports");
    String type = Trees.textOrEmpty(spec, "type");
    boolean headless = Trees.textOrEmpty(spec, "clusterIP").equals("None");
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
    }
  }

  private static void data(String kind, ObjectNode object, List<Cause> causes) {
    long size = 0;
    for (String field : new String[] {"data", "binaryData"}) {
      for (Map.Entry<String, JsonNode> entry : object.path(field).properties()) {
        String key = entry.getKey();
        Names.configKey(key)
            .ifPresent(text -> causes.add(Cause.invalid(field + "[" + key + "]", key, text)));
        size += entry.getValue().stringValue("").length();
      }
    }
    long limit = kind.equals("secrets") ? MAX_DATA * 4L / 3 + 4 : MAX_DATA;
    if (size > limit) {
      causes.add(
          new Cause("FieldValueTooLong", "Too long: may not be more than 1048576 bytes", "data"));
    }
    if (kind.equals("secrets")) {
      for (String key : TYPED_SECRETS.getOrDefault(Trees.textOrEmpty(object, "type"), List.of())) {
        if (!object.path("data").has(key)) {
          causes.add(Cause.required("data[" + key + "]", ""));
        }
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
      case "deployments.apps", "replicasets.apps", "daemonsets.apps", "statefulsets.apps" ->
          fixedSelector(before, after, causes);
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
