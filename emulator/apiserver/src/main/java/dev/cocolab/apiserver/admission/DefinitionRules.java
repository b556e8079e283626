package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of a CustomResourceDefinition. */
final class DefinitionRules {
  private DefinitionRules() {}

  static void check(ObjectNode definition, List<Cause> causes) {
    JsonNode spec = definition.path("spec");
    String group = Trees.textOrEmpty(spec, "group");
    String plural = Trees.textOrEmpty(spec, "names", "plural");
    required(spec, causes, "group");
    required(spec, causes, "names", "plural");
    required(spec, causes, "names", "kind");
    String name = Trees.textOrEmpty(definition, "metadata", "name");
    if (!group.isEmpty() && !plural.isEmpty() && !name.equals(plural + "." + group)) {
      causes.add(
          Cause.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
    }
    String scope = Trees.textOrEmpty(spec, "scope");
    if (scope.isEmpty()) {
      causes.add(Cause.required("spec.scope", ""));
    } else if (!scope.equals("Namespaced") && !scope.equals("Cluster")) {
      causes.add(Cause.notSupported("spec.scope", scope, List.of("Cluster", "Namespaced")));
    }
    if (!Trees.textOrEmpty(spec, "conversion", "strategy").equals("None")) {
      causes.add(
          Cause.notSupported(
              "spec.conversion.strategy",
              Trees.textOrEmpty(spec, "conversion", "strategy"),
              List.of("None")));
    }
    List<ObjectNode> versions = Trees.objects(spec, "versions");
    if (versions.isEmpty()) {
      causes.add(Cause.invalid("spec.versions", "null", "must have at least one version"));
    }
    long stored = versions.stream().filter(v -> v.path("storage").booleanValue(false)).count();
    if (stored != 1 && !versions.isEmpty()) {
      causes.add(
          Cause.invalid(
              "spec.versions", "", "must have exactly one version marked as storage version"));
    }
    for (int i = 0; i < versions.size(); i++) {
      if (!Trees.at(versions.get(i), "schema", "openAPIV3Schema").isObject()) {
        causes.add(
            Cause.required(
                "spec.versions[" + i + "].schema.openAPIV3Schema", "schemas are required"));
      }
    }
  }

  private static void required(JsonNode spec, List<Cause> causes, String... path) {
    if (Trees.text(spec, path).isEmpty()) {
      causes.add(Cause.required("spec." + String.join(".", path), ""));
    }
  }
}
