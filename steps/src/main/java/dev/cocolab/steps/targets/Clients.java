package dev.cocolab.steps.targets;

import io.fabric8.kubernetes.client.KubernetesClient;

/** One Kubernetes client a persona, each with that persona's rights. */
public interface Clients {
  KubernetesClient opSec();

  KubernetesClient clusterAdmin();

  KubernetesClient developer();

  /** A kubeconfig with a context for each persona, as YAML text. It holds private keys. */
  String kubeconfig();
}
