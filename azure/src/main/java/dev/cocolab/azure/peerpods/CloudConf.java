package dev.cocolab.azure.peerpods;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a cluster knows of its cloud: key {@code cloud.conf} of the ConfigMap {@code cloud-conf} in
 * {@code openshift-cloud-controller-manager}.
 *
 * @param resourceGroup the managed one, in which pod VMs are made
 */
public record CloudConf(
    String subscriptionId,
    String location,
    String vnetResourceGroup,
    String vnetName,
    String subnetName,
    String resourceGroup,
    String securityGroupName) {
  private static final int LARGEST = 64 * 1024;

  /**
   * Reads the JSON.
   *
   * @throws AzureException UNREADABLE naming what is missing
   */
  public static CloudConf parse(String json) {
    if (json.length() > LARGEST) {
      throw new AzureException(Reason.UNREADABLE, "cloud-conf is larger than 64 KiB");
    }
    JsonNode node;
    try {
      node = JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      throw new AzureException(Reason.UNREADABLE, "cloud.conf of cloud-conf is no JSON");
    }
    List<String> bad = new ArrayList<>();
    CloudConf conf =
        new CloudConf(
            name(node, "subscriptionId", bad),
            name(node, "location", bad),
            name(node, "vnetResourceGroup", bad),
            name(node, "vnetName", bad),
            name(node, "subnetName", bad),
            name(node, "resourceGroup", bad),
            name(node, "securityGroupName", bad));
    if (!bad.isEmpty()) {
      throw new AzureException(
          Reason.UNREADABLE, "cloud-conf has no usable " + String.join(", ", bad));
    }
    return conf;
  }

  /** ARM id of the workers' subnet. */
  public String subnetId() {
    return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Network/virtualNetworks/%s/subnets/%s"
        .formatted(subscriptionId, vnetResourceGroup, vnetName, subnetName);
  }

  /** ARM id of the network security group. */
  public String securityGroupId() {
    return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Network/networkSecurityGroups/%s"
        .formatted(subscriptionId, resourceGroup, securityGroupName);
  }

  private static String name(JsonNode node, String field, List<String> bad) {
    String value = node.path(field).asString("");
    if (!value.matches("[\\w().-]{1,90}")) {
      bad.add(field);
    }
    return value;
  }
}
