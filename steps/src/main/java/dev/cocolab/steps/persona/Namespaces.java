package dev.cocolab.steps.persona;

/** Namespaces and objects that the workshop names. */
final class Namespaces {
  static final String TRUSTEE = "trustee-operator-system";
  static final String SANDBOXED_CONTAINERS = "openshift-sandboxed-containers-operator";
  static final String WORKLOAD = "default";

  private Namespaces() {}
}
