package dev.cocolab.azure.peerpods;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.RunTags;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerPodsSettingsTest {
  private static final String CLOUD_CONF =
      """
      {"cloud": "AzurePublicCloud", "tenantId": "t", "subscriptionId": "sub-1", "location": "eastus",
       "vnetResourceGroup": "net", "vnetName": "vnet", "subnetName": "worker",
       "resourceGroup": "aro-managed", "securityGroupName": "nsg", "useManagedIdentityExtension": false}
      """;
  private static final RunTags TAGS = new RunTags("run-7", Instant.parse("2026-11-30T23:00:00.9Z"));
  private static final List<String> SIZES = List.of("Standard_DC2as_v5", "Standard_DC2es_v5");

  @Test
  void computesTheConfigMapFromTheClustersOwnCloudConf() {
    Map<String, String> data =
        PeerPodsSettings.of(SIZES, "H4sIAA==", TAGS).configMap(CloudConf.parse(CLOUD_CONF));

    assertThat(data)
        .containsExactly(
            Map.entry("CLOUD_PROVIDER", "azure"),
            Map.entry("VXLAN_PORT", "9000"),
            Map.entry("PROXY_TIMEOUT", "5m"),
            Map.entry("AZURE_INSTANCE_SIZE", "Standard_DC2as_v5"),
            Map.entry("AZURE_INSTANCE_SIZES", "Standard_DC2as_v5,Standard_DC2es_v5"),
            Map.entry("AZURE_RESOURCE_GROUP", "aro-managed"),
            Map.entry("AZURE_REGION", "eastus"),
            Map.entry(
                "AZURE_SUBNET_ID",
                "/subscriptions/sub-1/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/worker"),
            Map.entry(
                "AZURE_NSG_ID",
                "/subscriptions/sub-1/resourceGroups/aro-managed/providers/Microsoft.Network/networkSecurityGroups/nsg"),
            Map.entry("INITDATA", "H4sIAA=="),
            Map.entry("PEERPODS_LIMIT_PER_NODE", "10"),
            Map.entry("ROOT_VOLUME_SIZE", "20"),
            Map.entry("TAGS", "created-by=cocolab,run-id=run-7,expires-at=2026-11-30T23:00:00Z"),
            Map.entry("AZURE_IMAGE_ID", ""));
  }

  @Test
  void keepsTheImageThatTheOperatorHasFilledIn() {
    assertThat(
            PeerPodsSettings.of(SIZES, "", TAGS)
                .withImage("/gallery/image")
                .configMap(CloudConf.parse(CLOUD_CONF)))
        .containsEntry("AZURE_IMAGE_ID", "/gallery/image");
  }

  @Test
  void noValueHasABlank() {
    assertThat(PeerPodsSettings.of(SIZES, "", TAGS).configMap(CloudConf.parse(CLOUD_CONF)).values())
        .noneMatch(value -> value.contains(" "));
  }

  @Test
  void namesAllThatTheCloudConfLacks() {
    assertThat(
            refusal(
                Reason.UNREADABLE,
                () ->
                    CloudConf.parse(
                        CLOUD_CONF.replace("\"vnet\"", "\"a b\"").replace("location", "place"))))
        .hasMessage("cloud-conf has no usable location, vnetName");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "no json"})
  void saysThatTheCloudConfIsNoJson(String text) {
    refusal(Reason.UNREADABLE, () -> CloudConf.parse(text));
  }

  @Test
  void readsNoHugeCloudConf() {
    assertThat(refusal(Reason.UNREADABLE, () -> CloudConf.parse(" ".repeat(70_000))))
        .hasMessage("cloud-conf is larger than 64 KiB");
  }

  @ParameterizedTest
  @CsvSource({
    "'Standard_DC2as_v5, Standard_DC2es_v5',x,20,without blanks or commas",
    "'',x,20,without blanks or commas",
    "Standard_DC2as_v5,'a\nb',20,base64 on one line",
    "Standard_DC2as_v5,x,5,at least 6 GB"
  })
  void refusesWhatWouldOnlyFailWithTheFirstPod(String size, String initdata, int gb, String why) {
    assertThat(
            refusal(
                Reason.NOT_CONFIGURED,
                () -> new PeerPodsSettings(List.of(size), initdata, TAGS, "", gb, 10)))
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a,b=c", "a b", "-a"})
  void refusesARunIdThatWouldBreakTheListOfTags(String runId) {
    refusal(Reason.NOT_CONFIGURED, () -> new RunTags(runId, Instant.EPOCH));
  }
}
