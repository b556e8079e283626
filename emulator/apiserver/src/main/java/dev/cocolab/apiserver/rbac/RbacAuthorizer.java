package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.auth.Authorizer;
import dev.cocolab.apiserver.auth.RequestAttributes;
import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Role based access control: what some binding allows is allowed, nothing else. Members of {@link
 * User#MASTERS} may do everything.
 */
public final class RbacAuthorizer implements Authorizer {
  private final RoleIndex index;

  public RbacAuthorizer(ObjectStore store) {
    this.index = new RoleIndex(store);
  }

  @Override
  public Decision decide(User user, RequestAttributes attributes) {
    if (user.isMaster()) {
      return new Decision(true, "");
    }
    List<String> missing = new ArrayList<>();
    for (RoleIndex.Applying applying : index.bindingsOf(user, attributes.namespace())) {
      Optional<List<PolicyRule>> rules = rules(applying.binding(), missing);
      if (rules.isPresent() && rules.get().stream().anyMatch(rule -> rule.allows(attributes))) {
        return new Decision(
            true, "RBAC: allowed by " + applying.binding().describe(applying.grantee()));
      }
    }
    return new Decision(false, missing.isEmpty() ? "" : "RBAC: " + aggregate(missing));
  }

  private Optional<List<PolicyRule>> rules(Binding binding, List<String> missing) {
    Optional<List<PolicyRule>> rules = index.rulesOf(binding.role(), binding.namespace());
    if (rules.isEmpty()) {
      String text = notFound(binding.role());
      if (!missing.contains(text)) {
        missing.add(text);
      }
    }
    return rules;
  }

  private static String notFound(Binding.Reference role) {
    return "%s.%s \"%s\" not found"
        .formatted(role.kind().toLowerCase(Locale.ROOT), Resources.GROUP, role.name());
  }

  private static String aggregate(List<String> texts) {
    return texts.size() == 1 ? texts.get(0) : "[" + String.join(", ", texts) + "]";
  }

  /**
   * What a user may do.
   *
   * @param rules as they stand in roles
   * @param missing bindings' roles that are not there, as sentences
   */
  public record Permissions(List<ObjectNode> rules, List<String> missing) {
    /** The same as the error of a review; empty when nothing is missing. */
    public String error() {
      return missing.isEmpty() ? "" : aggregate(missing);
    }
  }

  /** Everything that the user may do in the namespace, or, if that is empty, in the cluster. */
  public Permissions permissions(User user, String namespace) {
    List<String> missing = new ArrayList<>();
    List<ObjectNode> rules =
        rulesFor(user, namespace, missing).stream().map(PolicyRule::toJson).toList();
    return new Permissions(rules, missing);
  }

  List<PolicyRule> rulesFor(User user, String namespace, List<String> missing) {
    List<PolicyRule> all = new ArrayList<>();
    for (RoleIndex.Applying applying : index.bindingsOf(user, namespace)) {
      rules(applying.binding(), missing).ifPresent(all::addAll);
    }
    return all;
  }

  Optional<List<PolicyRule>> rulesOf(Binding.Reference role, String namespace) {
    return index.rulesOf(role, namespace);
  }
}
