package dev.cocolab.azure.control;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.net.URI;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A cluster of Azure Red Hat OpenShift.
 *
 * @param region e.g. {@code eastus}
 * @param state {@code provisioningState}; {@code Succeeded} when all is well
 * @param version of OpenShift, e.g. {@code 4.18.30}
 * @param apiServer the API server's address
 * @param managedResourceGroup the group in which the cluster, and so each pod VM, lives
 * @param workerSubnet ARM id of the workers' subnet; empty while the cluster has no workers
 */
public record AroCluster(
    String region,
    String state,
    String version,
    URI apiServer,
    String managedResourceGroup,
    Optional<String> workerSubnet) {

  /** From the body of {@code GET openShiftClusters/name}, API version 2023-11-22. */
  static AroCluster of(JsonNode body) {
    JsonNode properties = body.path("properties");
    JsonNode profile = properties.path("clusterProfile");
    String managed = profile.path("resourceGroupId").asString("");
    String api = properties.path("apiserverProfile").path("url").asString("");
    String region = body.path("location").asString("");
    if (managed.isEmpty() || region.isEmpty()) {
      throw new AzureException(
          Reason.UNREADABLE,
          "the cluster's description lacks its region or managed resource group");
    }
    Optional<String> subnet = Optional.empty();
    for (String workers : new String[] {"workerProfiles", "workerProfilesStatus"}) {
      for (JsonNode worker : properties.path(workers)) {
        String id = worker.path("subnetId").asString("");
        if (subnet.isEmpty() && !id.isEmpty()) {
          subnet = Optional.of(new ResourceId(id).path());
        }
      }
    }
    return new AroCluster(
        region,
        properties.path("provisioningState").asString("unknown"),
        profile.path("version").asString(""),
        address(api),
        managed.substring(managed.lastIndexOf('/') + 1),
        subnet);
  }

  private static URI address(String text) {
    try {
      URI uri = URI.create(text);
      if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message there is for it.
    }
    throw new AzureException(
        Reason.UNREADABLE, "the cluster's description has no https address of its API server");
  }
}
