package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Pod;

/** When a container that has ended is started again. */
final class RestartRules {
  private RestartRules() {}

  static boolean restarts(Pod pod, boolean init, int exitCode) {
    String policy = pod.getSpec().getRestartPolicy();
    if (policy == null || policy.equals("Always")) {
      return !init || exitCode != 0;
    }
    return policy.equals("OnFailure") && exitCode != 0;
  }
}
