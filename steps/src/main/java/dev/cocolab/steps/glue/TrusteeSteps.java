package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.World;
import dev.cocolab.steps.persona.KbsLog;
import dev.cocolab.steps.persona.OpSec;
import dev.cocolab.steps.targets.Denial;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What OpSec does with Trustee, and what Trustee's log shows. */
public final class TrusteeSteps {
  private static final String IMAGE_POLICY = "default/trustee-image-policy/policy";

  private final World world;

  public TrusteeSteps(World world) {
    this.world = world;
  }

  @Given("OpSec has put the dataset key into Trustee as {string}")
  public void datasetKeyInTrustee(String secret) {
    world.useDatasetKey(world.opSec().newDatasetKey());
    world.opSec().putIntoTrustee(secret, "dataset_key", world.datasetKey());
    assertThat(world.opSec().secretResources()).contains(secret);
  }

  @Given("OpSec has handed out the initdata and registered its measurement")
  public void initdataRegistered() {
    assertThat(world.opSec().registeredInitdataMeasurements())
        .as("registered values of PCR 8")
        .contains(OpSec.measurement(world.clusterAdmin().clusterInitdata()));
  }

  @Given("OpSec has put the registry's credentials into Trustee as {string}")
  public void registryCredentialsInTrustee(String secret) {
    world
        .opSec()
        .putIntoTrustee(
            secret,
            "dockerconfigjson",
            world.target().registry().pullSecret().getBytes(StandardCharsets.UTF_8));
  }

  @Given("OpSec has handed out initdata with the credentials {string}")
  public void initdataWithCredentials(String resource) {
    Initdata handedOut =
        world.opSec().withCredentials(world.clusterAdmin().clusterInitdata(), resource);
    world.opSec().registerInitdata(handedOut);
    world.givePodsInitdata(handedOut);
  }

  /** An empty cell takes the name out; {@code [blank]} registers the empty text. */
  @Given("OpSec registers these reference values:")
  public void referenceValues(List<Map<String, String>> rows) {
    Map<String, Optional<String>> values = new LinkedHashMap<>();
    rows.forEach(row -> values.put(row.get("name"), Optional.ofNullable(row.get("value"))));
    world.opSec().registerReferenceValues(values);
  }

  @Given("OpSec has taken {string} off Trustee's list")
  public void takenOffTheList(String secret) {
    world.opSec().takeOffTrusteesList(secret);
    assertThat(world.opSec().secretResources()).doesNotContain(secret);
  }

  @Then("Trustee's log shows that the evidence of an {string} guest passed")
  public void evidencePassed(String verifier) {
    assertThat(world.trusteeLog().evidencePassed(verifier))
        .as("verifier line in Trustee's log:%n%s", world.trusteeLog().text())
        .isTrue();
  }

  @Then("Trustee's log shows these resources as delivered:")
  public void delivered(List<String> resources) {
    KbsLog log = world.trusteeLog();
    assertThat(resources)
        .allSatisfy(
            resource ->
                assertThat(log.statusesOf(resource)).as("answers for %s", resource).contains(200));
  }

  @Then("Trustee's log shows {string} as refused")
  public void refused(String resource) {
    assertThat(world.trusteeLog().statusesOf(resource))
        .as("answers for %s", resource)
        .isNotEmpty()
        .containsOnly(401);
  }

  @Then("Trustee's log shows {string} as denied by policy")
  public void denied(String resource) {
    refused(resource);
    assertThat(world.trusteeLog().text()).as("Trustee's log").contains("PolicyDeny");
  }

  @Then("Trustee's log shows {string} as missing")
  public void missing(String resource) {
    refused(resource);
    assertThat(world.trusteeLog().text())
        .as("Trustee's log")
        .contains("PluginInternalError")
        .doesNotContain("PolicyDeny");
  }

  @Then("Trustee was never asked for {string}")
  public void neverAsked(String resource) {
    assertThat(world.trusteeLog().statusesOf(resource)).as("answers for %s", resource).isEmpty();
  }

  @Then("Trustee was asked for these resources only:")
  public void askedOnlyFor(List<String> resources) {
    assertThat(world.trusteeLog().resources())
        .as("resources that Trustee was asked for")
        .containsExactlyInAnyOrderElementsOf(resources);
  }

  @Then("Trustee was asked for nothing")
  public void askedForNothing() {
    assertThat(world.trusteeLog().requests()).as("requests to Trustee").isEmpty();
  }

  @Then(
      "the denial is explained by the claim {string}, for which nothing is registered as {string}")
  public void explainedByUnregistered(String claim, String referenceValue) {
    assertThat(finding(claim, referenceValue).expected()).isEmpty();
  }

  @Then(
      "the denial is explained by the claim {string}, for which the empty text is registered as {string}")
  public void explainedByEmptyText(String claim, String referenceValue) {
    assertThat(finding(claim, referenceValue).expected()).containsExactly("");
  }

  private Denial.Finding finding(String claim, String referenceValue) {
    List<Denial> denials = world.target().trustee().denials();
    assertThat(denials.size()).as("denials").isGreaterThan(world.denialMark());
    Denial last = denials.get(denials.size() - 1);
    return last.findings().stream()
        .filter(found -> found.referenceValue().equals(referenceValue))
        .filter(found -> found.claim().endsWith(claim))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "no finding of %s against %s in %s"
                        .formatted(claim, referenceValue, last.json())));
  }

  @Then("the denial is explained by PCR 8, its registered values and the rule that compares them")
  public void explainedByPcr8() {
    String measured = OpSec.measurement(world.bootedInitdata());
    List<Denial> denials = world.target().trustee().denials();
    assertThat(denials.subList(world.denialMark(), denials.size()))
        .as("denials since the pod was applied")
        .isNotEmpty()
        .allSatisfy(denial -> assertThat(denial.resource()).isEqualTo(IMAGE_POLICY))
        .allSatisfy(
            denial ->
                assertThat(denial.findings())
                    .as("findings against reference values, of %s", denial.json())
                    .filteredOn(finding -> !finding.referenceValue().isEmpty())
                    .singleElement()
                    .satisfies(
                        finding -> {
                          assertThat(finding.claim()).endsWith("tpm.pcr08");
                          assertThat(finding.found()).isEqualTo(measured);
                          assertThat(finding.expected())
                              .containsExactlyElementsOf(
                                  world.opSec().registeredInitdataMeasurements())
                              .doesNotContain(measured);
                          assertThat(finding.referenceValue()).isEqualTo("snp_pcr08");
                          assertThat(finding.rule()).contains("default_cpu.rego");
                        }));
  }
}
