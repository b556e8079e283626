package dev.cocolab.lab;

/** Who may have a client, with the workshop's user name and the namespace where the work is. */
public enum Persona {
  /** The cluster's own administrator; in the kubeconfig's current context. */
  ADMIN("admin", "system:masters", "default"),
  /** Operational security: owns Trustee. */
  OPSEC("opsec", "cocolab:opsec", "trustee-operator-system"),
  /** The untrusted cluster administrator. */
  UADMIN("uadmin", "cocolab:uadmin", "openshift-sandboxed-containers-operator"),
  /** The application developer. */
  DEVEL("devel", "cocolab:devel", "default");

  private final String user;
  private final String group;
  private final String namespace;

  Persona(String user, String group, String namespace) {
    this.user = user;
    this.group = group;
    this.namespace = namespace;
  }

  /** CN of the client certificate and name of the context. */
  public String user() {
    return user;
  }

  /** O of the client certificate. */
  public String group() {
    return group;
  }

  public String namespace() {
    return namespace;
  }
}
