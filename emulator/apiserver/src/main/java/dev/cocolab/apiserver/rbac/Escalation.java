package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.auth.Authorizer;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.registry.ResourceType;
import dev.cocolab.apiserver.resource.Target;
import dev.cocolab.apiserver.resource.WriteGuard;
import dev.cocolab.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * Nobody hands out more than he has: a role may only hold rules that its writer has too, unless the
 * writer may {@code escalate} it; a binding may only name a role of such rules, unless the writer
 * may {@code bind} it.
 */
public final class Escalation {
  private static final PolicyRule EVERY_RESOURCE =
      new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of());
  private static final PolicyRule EVERY_PATH =
      new PolicyRule(List.of("*"), List.of(), List.of(), List.of(), List.of("*"));

  private final RbacAuthorizer rbac;

  public Escalation(RbacAuthorizer rbac) {
    this.rbac = rbac;
  }

  /** The check of what one user writes. */
  public WriteGuard of(User user) {
    return (target, before, after) -> {
      if (!target.type().group().equals(Resources.GROUP)
          || user.isMaster()
          || before.map(old -> sameGrant(old, after)).orElse(false)) {
        return;
      }
      switch (target.type().storageName()) {
        case Resources.ROLES, Resources.CLUSTER_ROLES -> checkRole(user, target, before, after);
        default -> checkBinding(user, target, after);
      }
    };
  }

  /** What only adds or removes metadata, such as a finalizer, grants nothing. */
  private static boolean sameGrant(ObjectNode before, ObjectNode after) {
    ObjectNode old = before.deepCopy();
    ObjectNode changed = after.deepCopy();
    for (ObjectNode object : List.of(old, changed)) {
      ObjectNode metadata = Trees.child(object, "metadata");
      for (String field :
          List.of("finalizers", "ownerReferences", "managedFields", "resourceVersion")) {
        metadata.remove(field);
      }
    }
    return old.equals(changed);
  }

  private void checkRole(User user, Target target, Optional<ObjectNode> before, ObjectNode after) {
    if (may(user, "escalate", target.type().plural(), target.namespace(), name(after))) {
      return;
    }
    requireHeld(user, target, after, PolicyRule.parseAll(after));
    boolean aggregates =
        after.path("aggregationRule").isObject()
            || before.map(old -> old.path("aggregationRule").isObject()).orElse(false);
    if (aggregates
        && !missing(
                user, target.namespace(), List.of(EVERY_RESOURCE, EVERY_PATH), new ArrayList<>())
            .isEmpty()) {
      throw ApiException.forbidden(
          target.type().about(name(after)),
          "must have cluster-admin privileges to use the aggregationRule");
    }
  }

  private void checkBinding(User user, Target target, ObjectNode after) {
    Binding.Reference role = Binding.Reference.parse(after);
    String plural = role.kind().equals("Role") ? "roles" : "clusterroles";
    if (may(user, "bind", plural, target.namespace(), role.name())) {
      return;
    }
    List<PolicyRule> granted =
        rbac.rulesOf(role, target.namespace())
            .orElseThrow(
                () ->
                    ApiException.notFound(
                        new ApiException.Subject(Resources.GROUP, plural, role.name())));
    requireHeld(user, target, after, granted);
  }

  private boolean may(User user, String verb, String plural, String namespace, String name) {
    Authorizer.Decision decision =
        rbac.decide(user, RequestAttributes.of(verb, Resources.GROUP, plural, namespace, name));
    return decision.allowed();
  }

  private void requireHeld(User user, Target target, ObjectNode after, List<PolicyRule> granted) {
    List<String> unresolved = new ArrayList<>();
    List<PolicyRule> missing = missing(user, target.namespace(), granted, unresolved);
    if (missing.isEmpty()) {
      return;
    }
    TreeSet<String> lines = new TreeSet<>();
    compacted(missing).forEach(rule -> lines.add(rule.compact()));
    String errors =
        unresolved.isEmpty() ? "" : "; resolution errors: [" + String.join(" ", unresolved) + "]";
    ResourceType type = target.type();
    throw ApiException.forbidden(
        type.about(name(after)),
        "user \"%s\" (groups=%s) is attempting to grant RBAC permissions not currently held:\n%s%s"
            .formatted(
                user.name(), PolicyRule.quoted(user.groups()), String.join("\n", lines), errors));
  }

  private List<PolicyRule> missing(
      User user, String namespace, List<PolicyRule> granted, List<String> unresolved) {
    List<PolicyRule> held = rbac.rulesFor(user, namespace, unresolved);
    return granted.stream()
        .flatMap(rule -> rule.parts().stream())
        .filter(part -> held.stream().noneMatch(rule -> rule.coversPart(part)))
        .toList();
  }

  private static List<PolicyRule> compacted(List<PolicyRule> rules) {
    List<PolicyRule> compacted = new ArrayList<>();
    Map<List<List<String>>, PolicyRule> simple = new LinkedHashMap<>();
    for (PolicyRule rule : rules) {
      if (rule.isSimple()) {
        simple.merge(
            List.of(rule.groups(), rule.resources(), rule.names()),
            rule,
            (known, more) -> known.withVerbs(more.verbs()));
      } else {
        compacted.add(rule);
      }
    }
    compacted.addAll(simple.values());
    return compacted;
  }

  private static String name(ObjectNode object) {
    return Trees.textOrEmpty(object, "metadata", "name");
  }
}
