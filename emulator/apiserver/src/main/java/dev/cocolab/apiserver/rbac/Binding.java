package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.store.ObjectKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A RoleBinding or ClusterRoleBinding.
 *
 * @param namespace empty for the whole cluster
 * @param grantees who it is about, as {@link Grantee}, with the text that describes each
 */
record Binding(String namespace, String name, Reference role, Map<Grantee, String> grantees) {

  /** A name of a user or a group; service accounts are users. */
  record Grantee(boolean group, String name) {
    static List<Grantee> of(User user) {
      List<Grantee> all = new ArrayList<>();
      all.add(new Grantee(false, user.name()));
      user.groups().forEach(group -> all.add(new Grantee(true, group)));
      return all;
    }
  }

  /** The role that a binding names. */
  record Reference(String kind, String name) {
    static Reference parse(JsonNode binding) {
      return new Reference(
          Trees.textOrEmpty(binding, "roleRef", "kind"),
          Trees.textOrEmpty(binding, "roleRef", "name"));
    }

    /** Where the role is kept, seen from a binding of the namespace; empty for an unknown kind. */
    Optional<ObjectKey> key(String namespace) {
      return switch (kind) {
        case "ClusterRole" -> Optional.of(new ObjectKey(Resources.CLUSTER_ROLES, "", name));
        case "Role" -> Optional.of(new ObjectKey(Resources.ROLES, namespace, name));
        default -> Optional.empty();
      };
    }
  }

  static Binding parse(ObjectKey key, JsonNode binding) {
    Map<Grantee, String> grantees = new LinkedHashMap<>();
    for (JsonNode subject : Trees.objects(binding, "subjects")) {
      String kind = Trees.textOrEmpty(subject, "kind");
      String name = Trees.textOrEmpty(subject, "name");
      switch (kind) {
        case "User" -> grantees.put(new Grantee(false, name), kind + " \"" + name + "\"");
        case "Group" -> grantees.put(new Grantee(true, name), kind + " \"" + name + "\"");
        case "ServiceAccount" -> {
          String namespace = Trees.text(subject, "namespace").orElse(key.namespace());
          grantees.put(
              new Grantee(false, User.SERVICE_ACCOUNT + namespace + ":" + name),
              kind + " \"" + name + "/" + namespace + "\"");
        }
        default -> {
          // a subject of a kind that nobody is
        }
      }
    }
    return new Binding(key.namespace(), key.name(), Reference.parse(binding), grantees);
  }

  /** The reason that a review gives for what this binding allows. */
  String describe(Grantee grantee) {
    String kind = namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding";
    String shown = namespace.isEmpty() ? name : name + "/" + namespace;
    return "%s \"%s\" of %s \"%s\" to %s"
        .formatted(kind, shown, role.kind(), role.name(), grantees.getOrDefault(grantee, ""));
  }
}
