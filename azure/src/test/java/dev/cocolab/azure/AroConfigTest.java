package dev.cocolab.azure;

import static dev.cocolab.azure.fakes.CanaryWatch.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.azure.AzureException.Reason;
import dev.cocolab.azure.fakes.FakeAzure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AroConfigTest {
  @Test
  void listsAllThatIsMissingAtOnce() {
    assertThat(refusal(Reason.NOT_CONFIGURED, () -> AroConfig.of(Map.of())))
        .hasMessage(
            "the target aro is not configured: set AZURE_SUBSCRIPTION_ID,"
                + " COCOLAB_ARO_RESOURCE_GROUP, COCOLAB_ARO_CLUSTER, COCOLAB_ARO_STORAGE_ACCOUNT");
  }

  @Test
  void listsAllThatIsWrongAtOnce() {
    Map<String, String> environment = new HashMap<>(FakeAzure.settings());
    environment.put("AZURE_SUBSCRIPTION_ID", "my subscription");
    environment.put("COCOLAB_ARO_CLUSTER", "../other");
    environment.put("COCOLAB_ARO_MAX_PODVMS", "many");
    environment.put("AZURE_AUTHORITY_HOST", "http://login.example");
    assertThat(refusal(Reason.NOT_CONFIGURED, () -> AroConfig.of(environment)))
        .hasMessageContainingAll(
            "AZURE_SUBSCRIPTION_ID is not a subscription id",
            "COCOLAB_ARO_CLUSTER is not a cluster's name",
            "COCOLAB_ARO_MAX_PODVMS is not a number from 1 to 1000",
            "AZURE_AUTHORITY_HOST is not an https:// address");
  }

  @Test
  void hasTheLimitsAndSizesThatAreDocumented() {
    AroConfig config = AroConfig.of(FakeAzure.settings());

    assertThat(config.limits()).isEqualTo(new AroConfig.Limits(40, Duration.ofHours(2)));
    assertThat(config.sizes()).containsExactly("Standard_DC2as_v5", "Standard_DC2es_v5");
    assertThat(config.endpoints()).isEqualTo(Endpoints.publicCloud());
    assertThat(config.clusterId())
        .isEqualTo(
            "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/customer-group"
                + "/providers/Microsoft.RedHatOpenShift/openShiftClusters/lab");
  }

  @Test
  void leavesTdxOutWhereItIsToldSo() {
    Map<String, String> environment = new HashMap<>(FakeAzure.settings());
    environment.put("COCOLAB_ARO_TDX_SIZE", "none");

    assertThat(AroConfig.of(environment).sizes()).containsExactly("Standard_DC2as_v5");
  }

  @ParameterizedTest
  @CsvSource({"COCOLAB_ARO_RUN_ID,mine,mine", "GITHUB_RUN_ID,123,gh-123", "HOME,/root,"})
  void takesTheRunIdFromItsOwnVariableOrTheJob(String name, String value, String expected) {
    Map<String, String> environment = new HashMap<>(FakeAzure.settings());
    environment.remove("COCOLAB_ARO_RUN_ID");
    environment.put(name, value);

    assertThat(AroConfig.of(environment).runId().orElse(null)).isEqualTo(expected);
  }

  @Test
  void saysNothingOfTheKey() {
    Map<String, String> environment = new HashMap<>(FakeAzure.settings());
    environment.put("COCOLAB_ARO_STORAGE_KEY", "CANARY");

    assertThat(AroConfig.of(environment).storageKey().orElseThrow().reveal()).isEqualTo("CANARY");
    assertThat(AroConfig.of(environment).toString()).doesNotContain("CANARY");
  }

  @Test
  void takesSecretsOutOfItsOwnMessages() {
    AzureException e =
        new AzureException(
            Reason.REFUSED,
            "GET https://a.blob.core.windows.net/c/b?sp=r&sig=ab-cd&se=1 with Bearer abc.def, "
                + "AccountKey=xyz==;x eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln");

    assertThat(e)
        .hasMessage(
            "GET https://a.blob.core.windows.net/c/b?sp=r&sig=(secret)&se=1 with Bearer (secret), "
                + "AccountKey=(secret);x (secret)");
  }
}
