package dev.cocolab.apiserver.resource;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.ResourceWriter.Part;
import dev.cocolab.apiserver.status.ApiException;
import dev.cocolab.apiserver.status.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is special about {@code certificates.k8s.io/v1 CertificateSigningRequest}: the server writes
 * who asks, the specification never changes, and whether a request is approved is said once,
 * through a subresource of its own.
 */
final class SigningRequests {
  private static final Set<String> DECISIONS = Set.of("Approved", "Denied");
  private static final Set<String> LASTING = Set.of("Approved", "Denied", "Failed");
  private static final List<String> ASKER = List.of("username", "uid", "groups", "extra");

  private SigningRequests() {}

  static boolean are(ResourceType type) {
    return type.is("certificates.k8s.io", "certificatesigningrequests");
  }

  /** Writes who asks, whatever the client says. */
  static void stamp(ResourceType type, ObjectNode object, Optional<Author> author) {
    if (!are(type)) {
      return;
    }
    ObjectNode spec = Trees.child(object, "spec");
    ASKER.forEach(spec::remove);
    author.ifPresent(
        user -> {
          spec.put("username", user.name());
          if (!user.uid().isEmpty()) {
            spec.put("uid", user.uid());
          }
          spec.set("groups", Trees.strings(user.groups()));
          if (!user.extra().isEmpty()) {
            ObjectNode extra = spec.putObject("extra");
            new TreeMap<>(user.extra())
                .forEach((key, values) -> extra.set(key, Trees.strings(values)));
          }
        });
  }

  /** The object with the wanted conditions and nothing else changed. */
  static ObjectNode withApproval(ObjectNode before, ObjectNode wanted) {
    ObjectNode after = before.deepCopy();
    JsonNode conditions = Trees.at(wanted, "status", "conditions");
    if (conditions.isMissingNode()) {
      Trees.child(after, "status").remove("conditions");
    } else {
      Trees.child(after, "status").set("conditions", conditions.deepCopy());
    }
    return after;
  }

  /** Throws 422 for a change of conditions that nobody may make, and dates new ones. */
  static void checkUpdate(
      ResourceType type, Part part, ObjectNode before, ObjectNode after, String now) {
    if (!are(type)) {
      return;
    }
    Map<String, ObjectNode> old = conditions(before);
    Map<String, ObjectNode> changed = conditions(after);
    List<Cause> causes = new ArrayList<>();
    for (String lasting : LASTING) {
      if (old.containsKey(lasting) && !changed.containsKey(lasting)) {
        causes.add(
            Cause.forbidden(
                "status.conditions",
                "updates may not remove a condition of type \"" + lasting + "\""));
      }
    }
    for (String decision : DECISIONS) {
      if (part != Part.APPROVAL && changed.containsKey(decision) && !old.containsKey(decision)) {
        causes.add(
            Cause.forbidden(
                "status.conditions",
                "updates may not add a condition of type \"" + decision + "\""));
      }
    }
    if (changed.keySet().containsAll(DECISIONS)) {
      causes.add(
          Cause.invalid(
              "status.conditions",
              "Denied",
              "Approved and Denied conditions are mutually exclusive"));
    }
    changed.forEach(
        (kind, condition) -> {
          if (LASTING.contains(kind) && !Trees.textOrEmpty(condition, "status").equals("True")) {
            causes.add(
                Cause.notSupported(
                    "status.conditions.status",
                    Trees.textOrEmpty(condition, "status"),
                    List.of("True")));
          }
          for (String field : List.of("lastUpdateTime", "lastTransitionTime")) {
            if (Trees.text(condition, field).isEmpty()) {
              condition.put(field, now);
            }
          }
        });
    if (!causes.isEmpty()) {
      throw ApiException.invalid(
          type.invalidAbout(Trees.textOrEmpty(after, "metadata", "name")), causes);
    }
  }

  private static Map<String, ObjectNode> conditions(ObjectNode object) {
    Map<String, ObjectNode> found = new TreeMap<>();
    Trees.objects(object, "status", "conditions")
        .forEach(condition -> found.put(Trees.textOrEmpty(condition, "type"), condition));
    return found;
  }
}
