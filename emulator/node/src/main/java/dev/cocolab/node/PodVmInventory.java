package dev.cocolab.node;

import java.util.List;

/** The pod VMs of a node. */
@FunctionalInterface
public interface PodVmInventory {
  /** The VMs that exist at this moment, by name. */
  List<PodVm> podVms();
}
