package dev.cocolab.apiserver.rbac;

import dev.cocolab.apiserver.store.ObjectKey;

/** Where roles and bindings are kept. */
final class Resources {
  static final String GROUP = "rbac.authorization.k8s.io";
  static final String ROLES = "roles." + GROUP;
  static final String CLUSTER_ROLES = "clusterroles." + GROUP;
  static final String ROLE_BINDINGS = "rolebindings." + GROUP;
  static final String CLUSTER_ROLE_BINDINGS = "clusterrolebindings." + GROUP;

  private Resources() {}

  static boolean isRole(ObjectKey key) {
    return key.resource().equals(ROLES) || key.resource().equals(CLUSTER_ROLES);
  }

  static boolean isBinding(ObjectKey key) {
    return key.resource().equals(ROLE_BINDINGS) || key.resource().equals(CLUSTER_ROLE_BINDINGS);
  }
}
