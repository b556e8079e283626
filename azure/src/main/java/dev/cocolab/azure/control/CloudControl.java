package dev.cocolab.azure.control;

import java.util.List;
import java.util.Set;

/**
 * What a run asks of Azure Resource Manager.
 *
 * <p>Each call throws {@link dev.cocolab.azure.AzureException}: NO_IDENTITY, NO_RIGHTS (naming the
 * role), NOT_FOUND, UNREACHABLE, THROTTLED, CONFLICT, REFUSED or UNREADABLE.
 */
public interface CloudControl {
  /** The cluster that is configured. */
  AroCluster cluster();

  /** A kubeconfig of the cluster's {@code system:admin}. */
  AdminKubeconfig adminKubeconfig();

  /** Those of these VM sizes that the region has, also when this subscription may not use them. */
  List<OfferedSize> sizes(String region, Set<String> names);

  /** All quotas on virtual processors in the region. */
  List<Quota> quotas(String region);

  /** True when what leaves this subnet (an ARM id) goes through a NAT gateway. */
  boolean hasNatGateway(String subnetId);

  /** Pod VMs and their network cards in the cluster's managed resource group. */
  PodMachines podMachines(String managedResourceGroup);

  /** Starts the deletion of one resource; one that is gone already counts as deleted. */
  Deletion delete(ResourceId id);
}
