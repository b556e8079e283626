package dev.cocolab.steps.persona;

/** Namespaces and objects that the workshop names. */
public final class Namespaces {
  public static final String TRUSTEE = "trustee-operator-system";
  public static final String SANDBOXED_CONTAINERS = "openshift-sandboxed-containers-operator";
  public static final String WORKLOAD = "default";

  private Namespaces() {}
}
