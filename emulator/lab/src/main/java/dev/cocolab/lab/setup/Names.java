package dev.cocolab.lab.setup;

import java.util.List;

/** Names of the workshop that more than one part of the lab needs. */
public final class Names {
  public static final String TRUSTEE_NAMESPACE = "trustee-operator-system";
  public static final String OSC_NAMESPACE = "openshift-sandboxed-containers-operator";

  /** All namespaces that the set-up makes, as {@code cluster-access.yaml} has them. */
  public static final List<String> NAMESPACES =
      List.of(
          TRUSTEE_NAMESPACE,
          OSC_NAMESPACE,
          "fraud-detection",
          "openshift-config",
          "openshift-cloud-controller-manager");

  public static final String ROUTE_HOST =
      "kbs-route-trustee-operator-system.apps.lab.cocolab.example";
  public static final String KEY_SERVER_HOST = "keys.cocolab.example";

  /** The one worker node. */
  public static final String NODE = "worker-0";

  /** Image of Trustee; runs as a resident program. */
  public static final String KBS_IMAGE = "registry.redhat.io/build-of-trustee/trustee-rhel9";

  /** Image of its operator and of the operator's secret converter. */
  public static final String OPERATOR_IMAGE =
      "registry.redhat.io/build-of-trustee/trustee-rhel9-operator";

  /**
   * Image of a load's worker; a resident program here, so that a load needs no image to be built.
   */
  public static final String LOAD_IMAGE = "cocolab.example/load-worker";

  private Names() {}
}
