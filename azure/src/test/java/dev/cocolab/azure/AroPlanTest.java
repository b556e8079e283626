package dev.cocolab.azure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.cost.Price;
import dev.cocolab.azure.cost.Prices;
import dev.cocolab.azure.fakes.FakeAzure;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AroPlanTest {
  private final Map<String, String> environment = new HashMap<>(FakeAzure.settings());

  private List<String> plan(Prices prices) {
    return AroPlan.lines(AroConfig.of(environment), "run-7", prices, "12 scenarios");
  }

  @Test
  void saysWhatWouldBeDoneAndItsCost() {
    environment.put("COCOLAB_ARO_REGION", "eastus");

    assertThat(
            plan(
                (region, size) ->
                    new Price(region, size, new BigDecimal("0.1"), "USD", "a list, today")))
        .containsExactly(
            "plan: run run-7 on the cluster lab (nothing is done)",
            "1. sign in as client aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "2. pre-flight: identity, cluster, API server, OpenShift version, VM sizes, quota, NAT"
                + " gateway, earlier pod VMs, blob account, operators' catalogue",
            "3. get the admin kubeconfig of lab in the resource group customer-group",
            "4. set peer-pods-cm: sizes Standard_DC2as_v5, Standard_DC2es_v5, tags"
                + " created-by=cocolab, run-id=run-7 and expires-at",
            "5. make a blob container in labaccount; addresses signed with a key of the identity",
            "6. run 12 scenarios, one at a time, with at most 40 pod VMs and 120 minutes",
            "7. delete the container; sweep the pod VMs and network cards of this run",
            "cost: at most 8.00 USD",
            "  40 pod VMs for 120 minutes at 0.1 USD an hour (Standard_DC2as_v5, eastus; a list,"
                + " today)",
            "  pod VMs only: without the cluster, disks, network and storage");
  }

  @Test
  void needsNeitherNetworkNorCredentials() {
    Prices unreachable =
        (region, size) -> {
          throw new AzureException(Reason.UNREACHABLE, "prices.azure.com: no network");
        };
    environment.put("COCOLAB_ARO_REGION", "eastus");
    environment.put("COCOLAB_ARO_STORAGE_KEY", "CANARY");
    environment.remove("AZURE_CLIENT_ID");

    assertThat(plan(unreachable))
        .endsWith("cost: unknown", "  because prices.azure.com: no network")
        .contains(
            "1. sign in",
            "5. make a blob container in labaccount; addresses signed with the account's key")
        .noneMatch(line -> line.contains("CANARY"));
  }

  @Test
  void asksNobodyForAPriceWithoutARegion() {
    assertThat(
            plan(
                (region, size) -> {
                  throw new AssertionError("asked for a price");
                }))
        .endsWith(
            "cost: unknown",
            "  because the region is not known without asking Azure; set COCOLAB_ARO_REGION");
  }
}
