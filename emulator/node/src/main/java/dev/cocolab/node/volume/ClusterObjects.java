package dev.cocolab.node.volume;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/** Reads what pods refer to. Calls block. */
public interface ClusterObjects {
  /** A secret as it is now. */
  Optional<Secret> secret(String namespace, String name);

  /** A config map as it is now. */
  Optional<ConfigMap> configMap(String namespace, String name);

  /**
   * A token of the pod's service account, bound to the pod.
   *
   * @param audience empty for that of the API server
   */
  String serviceAccountToken(Pod pod, String audience, long seconds);
}
