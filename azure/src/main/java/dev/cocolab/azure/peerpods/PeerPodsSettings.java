package dev.cocolab.azure.peerpods;

import dev.cocolab.azure.AzureException;
import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.RunTags;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run wants of peer pods.
 *
 * @param sizes allowed VM sizes; the first is taken for pods that ask for none
 * @param initdata base64 of gzip of the initdata's TOML, on one line
 * @param tags put on each pod VM
 * @param imageId of the pod VM image; empty as long as the operator's image job has not filled it
 * @param rootVolumeGb at least 6; the image must fit
 * @param podsPerNode how many peer pods one worker takes
 */
public record PeerPodsSettings(
    List<String> sizes,
    String initdata,
    RunTags tags,
    String imageId,
    int rootVolumeGb,
    int podsPerNode) {
  private static final int SMALLEST_ROOT_GB = 6;

  /** Checks what would only show when the first pod fails to start. */
  public PeerPodsSettings {
    sizes = List.copyOf(sizes);
    if (sizes.isEmpty() || !sizes.stream().allMatch(size -> size.matches("\\w{1,40}"))) {
      throw wrong("the VM sizes %s: give one or more, without blanks or commas".formatted(sizes));
    }
    if (!initdata.matches("[A-Za-z0-9+/]*={0,2}")) {
      throw wrong("the initdata must be base64 on one line");
    }
    if (rootVolumeGb < SMALLEST_ROOT_GB) {
      throw wrong("a root volume has at least %d GB".formatted(SMALLEST_ROOT_GB));
    }
    if (podsPerNode < 1) {
      throw wrong("a node takes at least one peer pod");
    }
  }

  /** 20 GB, 10 pods a node, no image yet. */
  public static PeerPodsSettings of(List<String> sizes, String initdata, RunTags tags) {
    return new PeerPodsSettings(sizes, initdata, tags, "", 20, 10);
  }

  /** With the image that the operator has filled in, which an update must not empty. */
  public PeerPodsSettings withImage(String id) {
    return new PeerPodsSettings(sizes, initdata, tags, id, rootVolumeGb, podsPerNode);
  }

  /**
   * The data of the ConfigMap {@code peer-pods-cm}. After each change of it {@code ds/osc-caa-ds}
   * must be restarted.
   */
  public Map<String, String> configMap(CloudConf cloud) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("CLOUD_PROVIDER", "azure");
    data.put("VXLAN_PORT", "9000");
    data.put("PROXY_TIMEOUT", "5m");
    data.put("AZURE_INSTANCE_SIZE", sizes.get(0));
    data.put("AZURE_INSTANCE_SIZES", String.join(",", sizes));
    data.put("AZURE_RESOURCE_GROUP", cloud.resourceGroup());
    data.put("AZURE_REGION", cloud.location());
    data.put("AZURE_SUBNET_ID", cloud.subnetId());
    data.put("AZURE_NSG_ID", cloud.securityGroupId());
    data.put("INITDATA", initdata);
    data.put("PEERPODS_LIMIT_PER_NODE", Integer.toString(podsPerNode));
    data.put("ROOT_VOLUME_SIZE", Integer.toString(rootVolumeGb));
    data.put("TAGS", tags.asList());
    data.put("AZURE_IMAGE_ID", imageId);
    return data;
  }

  private static AzureException wrong(String what) {
    return new AzureException(Reason.NOT_CONFIGURED, what);
  }
}
