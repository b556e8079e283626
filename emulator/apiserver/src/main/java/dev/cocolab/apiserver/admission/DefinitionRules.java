package dev.cocolab.apiserver.admission;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.status.Cause;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Rules of a CustomResourceDefinition. */
final class DefinitionRules {
  private static final List<String> COLUMN_TYPES =
      List.of("boolean", "date", "integer", "number", "string");

  private DefinitionRules() {}

  static void check(ObjectNode definition, List<Cause> causes) {
    JsonNode spec = definition.path("spec");
    String wanted =
        Trees.textOrEmpty(spec, "names", "plural") + "." + Trees.textOrEmpty(spec, "group");
    String name = Trees.textOrEmpty(definition, "metadata", "name");
    if (!name.equals(wanted)) {
      causes.add(
          Cause.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
    }
    required(spec, causes, "group");
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
    versions(Trees.objects(spec, "versions"), causes);
    for (String part : List.of("plural", "singular", "kind", "listKind")) {
      required(spec, causes, "names", part);
    }
  }

  private static void versions(List<ObjectNode> versions, List<Cause> causes) {
    Set<String> names = new HashSet<>();
    boolean unique = versions.stream().allMatch(v -> names.add(Trees.textOrEmpty(v, "name")));
    long stored = versions.stream().filter(v -> v.path("storage").booleanValue(false)).count();
    if (!unique) {
      causes.add(wrongVersions(versions, "must contain unique version names"));
    }
    if (stored != 1) {
      causes.add(
          wrongVersions(versions, "must have exactly one version marked as storage version"));
    }
    for (int i = 0; i < versions.size(); i++) {
      // what all versions have in common is reported as the definition's
      String path = versions.size() == 1 ? "spec" : "spec.versions[" + i + "]";
      columns(versions.get(i), path, causes);
      JsonNode schema = Trees.at(versions.get(i), "schema", "openAPIV3Schema");
      if (!schema.isObject()) {
        causes.add(
            Cause.required(
                "spec.versions[" + i + "].schema.openAPIV3Schema", "schemas are required"));
      } else {
        String place = versions.size() == 1 ? "spec.validation" : "spec.versions[" + i + "].schema";
        SchemaRules.check(schema, place + ".openAPIV3Schema", causes);
      }
    }
    if (stored == 0) {
      causes.add(
          new Cause(
              "FieldValueInvalid",
              "Invalid value: []string(nil): must have at least one stored version",
              "status.storedVersions"));
    }
  }

  private static Cause wrongVersions(List<ObjectNode> versions, String text) {
    return new Cause(
        "FieldValueInvalid",
        "Invalid value: " + GoText.definitionVersions(versions) + ": " + text,
        "spec.versions");
  }

  private static void columns(ObjectNode version, String path, List<Cause> causes) {
    List<ObjectNode> columns = Trees.objects(version, "additionalPrinterColumns");
    for (int i = 0; i < columns.size(); i++) {
      String place = path + ".additionalPrinterColumns[" + i + "]";
      String type = Trees.textOrEmpty(columns.get(i), "type");
      if (Trees.text(columns.get(i), "name").isEmpty()) {
        causes.add(Cause.required(place + ".name", ""));
      }
      if (type.isEmpty()) {
        causes.add(
            Cause.required(place + ".type", "must be one of " + String.join(",", COLUMN_TYPES)));
      } else if (!COLUMN_TYPES.contains(type)) {
        causes.add(
            Cause.invalid(
                place + ".type", type, "must be one of " + String.join(",", COLUMN_TYPES)));
      }
      if (Trees.text(columns.get(i), "jsonPath").isEmpty()) {
        causes.add(Cause.required(place + ".JSONPath", ""));
      }
    }
  }

  private static void required(JsonNode spec, List<Cause> causes, String... path) {
    if (Trees.text(spec, path).isEmpty()) {
      causes.add(Cause.required("spec." + String.join(".", path), ""));
    }
  }
}
