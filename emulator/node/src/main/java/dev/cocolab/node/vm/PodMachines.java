package dev.cocolab.node.vm;

import io.fabric8.kubernetes.api.model.Pod;

/** Boots pod VMs. */
@FunctionalInterface
public interface PodMachines {
  /**
   * Boots the VM of a pod; blocks.
   *
   * @param sandboxId 64 hexadecimal digits
   * @throws dev.cocolab.node.pod.PodSetupException SANDBOX with the event's text; no VM is left
   */
  PodMachine boot(Pod pod, String sandboxId);
}
