package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Pod;

/** Makes pods real. Calls block. */
@FunctionalInterface
public interface PodBackend {
  /**
   * Materialises volumes and sandbox.
   *
   * @throws PodSetupException if it must be tried again later; nothing is left behind
   */
  PreparedPod prepare(Pod pod, EventSink events);
}
