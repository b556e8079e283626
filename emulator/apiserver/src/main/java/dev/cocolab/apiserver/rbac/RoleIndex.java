package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.auth.User;
import dev.cocolab.apiserver.rbac.Binding.Grantee;
import dev.cocolab.apiserver.store.ObjectKey;
import dev.cocolab.apiserver.store.ObjectStore;
import dev.cocolab.apiserver.store.StoreEvent;
import dev.cocolab.apiserver.store.StoredObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Roles and bindings as the store has them at this moment, indexed by who is bound where. The store
 * tells of a change before the write returns, so that whoever has written a binding may rely on it
 * in the next request. Reading takes no lock. Listens as long as the store is there.
 */
final class RoleIndex {
  private record Place(String namespace, Grantee grantee) {}

  private final Map<ObjectKey, List<PolicyRule>> roles = new ConcurrentHashMap<>();
  private final Map<ObjectKey, Binding> bindings = new ConcurrentHashMap<>();
  private final Map<Place, Map<ObjectKey, Binding>> byPlace = new ConcurrentHashMap<>();

  RoleIndex(ObjectStore store) {
    for (String resource :
        List.of(
            Resources.CLUSTER_ROLES,
            Resources.ROLES,
            Resources.CLUSTER_ROLE_BINDINGS,
            Resources.ROLE_BINDINGS)) {
      ObjectStore.Snapshot present = store.list(resource, ObjectStore.ANY, OptionalLong.empty());
      present.objects().forEach(this::put);
      store.subscribe(resource, ObjectStore.ANY, present.revision(), this::changed);
    }
  }

  private void changed(StoreEvent event) {
    if (event.deleted()) {
      roles.remove(event.key());
      forget(event.key());
    } else {
      put(event.after());
    }
  }

  private void put(StoredObject object) {
    if (Resources.isRole(object.key())) {
      roles.put(object.key(), PolicyRule.parseAll(object.json()));
      return;
    }
    Binding after = Binding.parse(object.key(), object.json());
    Binding before = bindings.put(object.key(), after);
    after.grantees().keySet().forEach(grantee -> add(object.key(), after, grantee));
    if (before != null) {
      before.grantees().keySet().stream()
          .filter(grantee -> !after.grantees().containsKey(grantee))
          .forEach(grantee -> remove(object.key(), before.namespace(), grantee));
    }
  }

  private void add(ObjectKey key, Binding binding, Grantee grantee) {
    byPlace.compute(
        new Place(binding.namespace(), grantee),
        (place, known) -> {
          Map<ObjectKey, Binding> more = new LinkedHashMap<>(known == null ? Map.of() : known);
          more.put(key, binding);
          return more;
        });
  }

  private void forget(ObjectKey key) {
    Binding before = bindings.remove(key);
    if (before != null) {
      before.grantees().keySet().forEach(grantee -> remove(key, before.namespace(), grantee));
    }
  }

  private void remove(ObjectKey key, String namespace, Grantee grantee) {
    byPlace.computeIfPresent(
        new Place(namespace, grantee),
        (place, known) -> {
          Map<ObjectKey, Binding> fewer = new LinkedHashMap<>(known);
          fewer.remove(key);
          return fewer.isEmpty() ? null : fewer;
        });
  }

  /** A binding that applies to a user, and as what the user is meant. */
  record Applying(Binding binding, Grantee grantee) {}

  /**
   * Bindings of the cluster, then those of the namespace.
   *
   * @param namespace empty: only those of the cluster
   */
  List<Applying> bindingsOf(User user, String namespace) {
    List<Grantee> grantees = Grantee.of(user);
    List<Applying> found = new ArrayList<>();
    collect("", grantees, found);
    if (!namespace.isEmpty()) {
      collect(namespace, grantees, found);
    }
    return found;
  }

  private void collect(String namespace, List<Grantee> grantees, List<Applying> found) {
    for (Grantee grantee : grantees) {
      byPlace
          .getOrDefault(new Place(namespace, grantee), Map.of())
          .values()
          .forEach(binding -> found.add(new Applying(binding, grantee)));
    }
  }

  /** Rules of the role that a binding names; empty when there is no such role. */
  Optional<List<PolicyRule>> rulesOf(Binding.Reference role, String namespace) {
    return role.key(namespace).map(roles::get);
  }
}
