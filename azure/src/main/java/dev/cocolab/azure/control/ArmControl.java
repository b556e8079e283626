package dev.cocolab.azure.control;

import dev.cocolab.azure.AroConfig;
import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.Delays;
import dev.cocolab.azure.Https;
import dev.cocolab.azure.Transport;
import dev.cocolab.azure.identity.CloudIdentity;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The real {@link CloudControl}.
 *
 * <p>Sources: the REST reference of Azure Resource Manager, with the API versions in the constants.
 * There is no Java library for Microsoft.RedHatOpenShift; the handful of other calls go the same
 * way, so that one place handles waiting, tokens and errors.
 */
public final class ArmControl implements CloudControl {
  private static final String ARO = "?api-version=2023-11-22";
  private static final String COMPUTE = "?api-version=2024-07-01";
  private static final String NETWORK = "?api-version=2024-05-01";
  private static final String SKUS = "?api-version=2021-07-01";
  private static final Duration LONG_LIST = Duration.ofSeconds(40);
  private static final String READER = "the role Reader on the subscription";

  private final AroConfig config;
  private final ArmClient arm;

  /**
   * The control plane of one cluster.
   *
   * @param patience how long one call may wait in sum when Azure throttles
   */
  public ArmControl(
      AroConfig config,
      CloudIdentity identity,
      Transport transport,
      Delays delays,
      Duration patience) {
    this.config = config;
    this.arm =
        new ArmClient(
            config.endpoints().arm(),
            config.endpoints().armScope(),
            identity,
            new Https(transport),
            delays,
            patience);
  }

  @Override
  public AroCluster cluster() {
    return AroCluster.of(
        arm.ask(
                ArmRequest.get(
                    config.clusterId() + ARO,
                    "read the cluster " + config.cluster(),
                    "Microsoft.RedHatOpenShift/openShiftClusters/read on it"))
            .json());
  }

  @Override
  public AdminKubeconfig adminKubeconfig() {
    return AdminKubeconfig.ofBase64(
        arm.ask(
                ArmRequest.post(
                    config.clusterId() + "/listAdminCredentials" + ARO,
                    "get the admin kubeconfig of the cluster " + config.cluster(),
                    "Microsoft.RedHatOpenShift/openShiftClusters/listAdminCredentials/action on it"))
            .json()
            .path("kubeconfig")
            .asString(""));
  }

  @Override
  public List<OfferedSize> sizes(String region, Set<String> names) {
    String filter =
        URLEncoder.encode("location eq '" + plain(region) + "'", StandardCharsets.UTF_8);
    return arm
        .list(
            ArmRequest.get(
                    subscription()
                        + "/providers/Microsoft.Compute/skus"
                        + SKUS
                        + "&$filter="
                        + filter,
                    "list the VM sizes of " + region,
                    READER)
                .taking(LONG_LIST))
        .stream()
        .filter(item -> "virtualMachines".equals(item.path("resourceType").asString("")))
        .map(OfferedSize::of)
        .filter(size -> names.contains(size.name()))
        .toList();
  }

  @Override
  public List<Quota> quotas(String region) {
    return arm
        .list(
            ArmRequest.get(
                subscription()
                    + "/providers/Microsoft.Compute/locations/"
                    + plain(region)
                    + "/usages"
                    + COMPUTE,
                "read the quotas of " + region,
                READER))
        .stream()
        .map(
            item ->
                new Quota(
                    item.path("name").path("value").asString(""),
                    item.path("currentValue").asLong(0),
                    item.path("limit").asLong(0)))
        .toList();
  }

  @Override
  public boolean hasNatGateway(String subnetId) {
    ResourceId id = new ResourceId(subnetId);
    JsonNode subnet =
        arm.ask(
                ArmRequest.get(
                    id.path() + NETWORK,
                    "read the workers' subnet in the network " + id.name(),
                    "the role Network Contributor on the network's resource group"))
            .json();
    return !subnet.path("properties").path("natGateway").path("id").asString("").isEmpty();
  }

  @Override
  public PodMachines podMachines(String managedResourceGroup) {
    String group = subscription() + "/resourceGroups/" + plain(managedResourceGroup);
    String reader = "the role Reader on the resource group " + managedResourceGroup;
    List<JsonNode> machines =
        arm.list(
            ArmRequest.get(
                group + "/providers/Microsoft.Compute/virtualMachines" + COMPUTE,
                "list the VMs of " + managedResourceGroup,
                reader));
    List<JsonNode> cards =
        arm.list(
            ArmRequest.get(
                group + "/providers/Microsoft.Network/networkInterfaces" + NETWORK,
                "list the network cards of " + managedResourceGroup,
                reader));
    return PodMachineLists.of(machines, cards);
  }

  @Override
  public Deletion delete(ResourceId id) {
    boolean machine = id.type().toLowerCase(Locale.ROOT).endsWith("/virtualmachines");
    ArmRequest request =
        ArmRequest.delete(
            id.path() + (machine ? COMPUTE : NETWORK),
            "delete " + id.name(),
            "the role %s Contributor on the resource group %s"
                .formatted(machine ? "Virtual Machine" : "Network", id.resourceGroup()));
    try {
      return ArmDeletion.of(arm, request, arm.ask(request));
    } catch (AzureException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return ArmDeletion.gone(arm, request);
      }
      throw e;
    }
  }

  private String subscription() {
    return "/subscriptions/" + config.subscription();
  }

  /** A name that came from an answer goes into a path: nothing in it may leave its place. */
  private static String plain(String name) {
    if (!name.matches("[\\w().-]{1,90}") || name.matches("\\.{1,2}")) {
      throw new AzureException(Reason.UNREADABLE, "'%s' is no name".formatted(name));
    }
    return name;
  }
}
