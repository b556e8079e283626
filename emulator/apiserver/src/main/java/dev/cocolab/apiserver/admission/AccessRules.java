package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of roles and bindings: what would grant nothing, or something else than it says. */
final class AccessRules {
  private static final String GROUP = "rbac.authorization.k8s.io";

  private AccessRules() {}

  static void checkRole(boolean namespaced, ObjectNode role, List<Cause> causes) {
    List<ObjectNode> rules = Trees.objects(role, "rules");
    for (int i = 0; i < rules.size(); i++) {
      rule(namespaced, rules.get(i), "rules[" + i + "]", causes);
    }
  }

  private static void rule(boolean namespaced, JsonNode rule, String path, List<Cause> causes) {
    if (rule.path("verbs").isEmpty()) {
      causes.add(Cause.required(path + ".verbs", "verbs must contain at least one value"));
    }
    JsonNode urls = rule.path("nonResourceURLs");
    if (!urls.isEmpty()) {
      boolean both = !rule.path("apiGroups").isEmpty() || !rule.path("resources").isEmpty();
      if (namespaced || both) {
        String text =
            namespaced
                ? "namespaced rules cannot apply to non-resource URLs"
                : "rules cannot apply to both regular resources and non-resource URLs";
        causes.add(
            new Cause(
                "FieldValueInvalid",
                "Invalid value: "
                    + GoText.strings(Trees.texts(rule, "nonResourceURLs"))
                    + ": "
                    + text,
                path + ".nonResourceURLs"));
      }
      return;
    }
    if (rule.path("apiGroups").isEmpty()) {
      causes.add(
          Cause.required(path + ".apiGroups", "resource rules must supply at least one api group"));
    }
    if (rule.path("resources").isEmpty()) {
      causes.add(
          Cause.required(path + ".resources", "resource rules must supply at least one resource"));
    }
  }

  static void checkBinding(boolean namespaced, ObjectNode binding, List<Cause> causes) {
    JsonNode reference = binding.path("roleRef");
    group(reference, "roleRef.apiGroup", causes);
    List<String> kinds = namespaced ? List.of("Role", "ClusterRole") : List.of("ClusterRole");
    String named = Trees.textOrEmpty(reference, "kind");
    if (!kinds.contains(named)) {
      causes.add(Cause.notSupported("roleRef.kind", named, kinds));
    }
    if (Trees.textOrEmpty(reference, "name").isEmpty()) {
      causes.add(Cause.required("roleRef.name", ""));
    }
    List<ObjectNode> subjects = Trees.objects(binding, "subjects");
    for (int i = 0; i < subjects.size(); i++) {
      subject(namespaced, subjects.get(i), "subjects[" + i + "]", causes);
    }
  }

  private static void subject(
      boolean namespaced, JsonNode subject, String path, List<Cause> causes) {
    if (Trees.textOrEmpty(subject, "name").isEmpty()) {
      causes.add(Cause.required(path + ".name", ""));
    }
    String kind = Trees.textOrEmpty(subject, "kind");
    switch (kind) {
      case "User", "Group" -> group(subject, path + ".apiGroup", causes);
      case "ServiceAccount" -> {
        String group = Trees.textOrEmpty(subject, "apiGroup");
        if (!group.isEmpty()) {
          causes.add(Cause.notSupported(path + ".apiGroup", group, List.of("")));
        }
        if (!namespaced && Trees.textOrEmpty(subject, "namespace").isEmpty()) {
          causes.add(Cause.required(path + ".namespace", ""));
        }
      }
      default ->
          causes.add(
              Cause.notSupported(path + ".kind", kind, List.of("ServiceAccount", "User", "Group")));
    }
  }

  /** Whoever names no group means this one. */
  private static void group(JsonNode reference, String path, List<Cause> causes) {
    String group = Trees.text(reference, "apiGroup").orElse(GROUP);
    if (!group.equals(GROUP)) {
      causes.add(Cause.notSupported(path, group, List.of(GROUP)));
    }
  }
}
