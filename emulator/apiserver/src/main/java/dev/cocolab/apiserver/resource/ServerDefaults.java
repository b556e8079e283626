package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fields that the API server fills in itself, by admission or allocation and not as defaults of the
 * type: their creator does not own them.
 */
final class ServerDefaults {
  private static final Map<String, List<String>> SPEC =
      Map.of(
          "pods", List.of("priority", "preemptionPolicy", "serviceAccountName"),
          "services", List.of("ipFamilies", "ipFamilyPolicy", "clusterIPs"));

  private ServerDefaults() {}

  /**
   * Takes from a copy with defaults what is not the client's.
   *
   * @param said the object as the client sent it
   */
  static void drop(ResourceType type, ObjectNode said, ObjectNode defaulted) {
    List<String> fields = SPEC.getOrDefault(type.storageName(), List.of());
    if (fields.isEmpty()) {
      return;
    }
    ObjectNode spec = Trees.child(defaulted, "spec");
    for (String field : fields) {
      if (!said.path("spec").has(field)) {
        spec.remove(field);
      }
    }
    if (!spec.has("serviceAccountName")) {
      // the old name of the field follows the new one
      spec.remove("serviceAccount");
    }
  }
}
