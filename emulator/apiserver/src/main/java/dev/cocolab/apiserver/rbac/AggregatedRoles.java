package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.json.Trees;
import dev.cocolab.apiserver.selector.LabelSelector;
import dev.cocolab.apiserver.selector.LabelSelector.Operator;
import dev.cocolab.apiserver.selector.LabelSelector.Requirement;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes into each ClusterRole with an {@code aggregationRule} the rules of all ClusterRoles that
 * it selects by label, in the order of their names and each rule once.
 */
public final class AggregatedRoles implements AutoCloseable {
  /** Aggregated roles may select aggregated roles; a chain is not longer than this. */
  private static final int ROUNDS = 16;

  private final ObjectStore store;
  private final Executor executor;
  private final AtomicBoolean pending = new AtomicBoolean();
  private final ObjectStore.Subscription subscription;

  /**
   * @param executor does the work after a change; must not run it at once
   */
  public AggregatedRoles(ObjectStore store, Executor executor) {
    this.store = store;
    this.executor = executor;
    this.subscription =
        store.subscribe(
            Resources.CLUSTER_ROLES, ObjectStore.ANY, store.revision(), event -> changed());
  }

  private void changed() {
    if (pending.compareAndSet(false, true)) {
      executor.execute(
          () -> {
            pending.set(false);
            reconcile();
          });
    }
  }

  /** Brings all aggregated roles up to date. */
  public void reconcile() {
    boolean changed = true;
    for (int round = 0; changed && round < ROUNDS; round++) {
      changed = false;
      List<StoredObject> roles =
          store.list(Resources.CLUSTER_ROLES, ObjectStore.ANY, OptionalLong.empty()).objects();
      for (StoredObject role : roles) {
        changed |= update(role, roles);
      }
    }
  }

  private boolean update(StoredObject role, List<StoredObject> roles) {
    if (!role.json().path("aggregationRule").isObject()) {
      return false;
    }
    List<LabelSelector> selectors =
        Trees.objects(role.json(), "aggregationRule", "clusterRoleSelectors").stream()
            .map(AggregatedRoles::selector)
            .toList();
    Set<JsonNode> rules = new LinkedHashSet<>();
    for (StoredObject other : roles) {
      if (!other.key().equals(role.key())
          && selectors.stream().anyMatch(selector -> selector.matches(other.json()))) {
        other.json().path("rules").forEach(rules::add);
      }
    }
    ArrayNode wanted = Trees.array();
    rules.forEach(wanted::add);
    if (wanted.equals(role.json().path("rules"))
        || (wanted.isEmpty() && role.json().path("rules").isEmpty())) {
      return false;
    }
    ObjectNode after = role.json().deepCopy();
    after.set("rules", wanted.deepCopy());
    // whoever was faster has made another change, which comes here too
    return store.write(role.key(), role.revision(), after).isPresent();
  }

  private static LabelSelector selector(JsonNode selector) {
    List<Requirement> requirements = new ArrayList<>();
    for (Map.Entry<String, JsonNode> label : selector.path("matchLabels").properties()) {
      requirements.add(
          new Requirement(label.getKey(), Operator.IN, Set.of(label.getValue().stringValue(""))));
    }
    for (ObjectNode expression : Trees.objects(selector, "matchExpressions")) {
      Operator operator =
          switch (Trees.textOrEmpty(expression, "operator")) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            default -> Operator.ABSENT;
          };
      requirements.add(
          new Requirement(
              Trees.textOrEmpty(expression, "key"),
              operator,
              Set.copyOf(Trees.texts(expression, "values"))));
    }
    return new LabelSelector(requirements);
  }

  @Override
  public void close() {
    subscription.close();
  }
}
