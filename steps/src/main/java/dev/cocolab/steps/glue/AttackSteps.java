package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.lab.outside.SentEvidence;
import dev.cocolab.steps.World;
import dev.cocolab.steps.persona.Attacker;
import dev.cocolab.steps.run.RunResources;
import dev.cocolab.steps.targets.Denial;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.List;
import java.util.Optional;

/** What somebody without genuine hardware tries from outside the cluster. */
public final class AttackSteps {
  private final World world;
  private String refusal = "";
  private Attacker.Answer answer = new Attacker.Answer(0, "");
  private SentEvidence sent = new SentEvidence(0, "");

  public AttackSteps(World world) {
    this.world = world;
  }

  @When(
      "an attacker boots the published image with the cluster's initdata on hardware of his own and asks for {string}")
  public void attests(String resource) {
    refusal = attacker().attest(world.clusterAdmin().clusterInitdata(), resource);
  }

  @When("an attacker presents a token that he signed himself and asks for {string}")
  public void presentsToken(String resource) {
    answer = attacker().presentForgedToken(resource);
  }

  private Attacker attacker() {
    return new Attacker(world.target().trustee(), RunResources.current().home());
  }

  @Then(
      "Trustee refuses the attacker's evidence, because the processor's key leads to no root that it trusts")
  public void evidenceRefused() {
    assertThat(refusal).contains("/kbs/v0/attest answers 401: AttestationError");
    assertThat(world.trusteeLog().text())
        .as("Trustee's log")
        .contains("Verifier evaluate failed")
        .contains("Failed to validate VCEK");
  }

  @Then("Trustee refuses the attacker's token")
  public void tokenRefused() {
    assertThat(answer.status()).as("status of %s", answer.body()).isEqualTo(401);
    assertThat(answer.body()).contains("TokenVerifierError");
  }

  @When("a genuine {string} guest sends its evidence as it is")
  public void sendsAsItIs(String tee) {
    sent = attacker().sendEvidence(tee, Optional.empty(), false);
  }

  @When("an attacker changes {string} in the evidence of a genuine {string} guest")
  public void changes(String field, String tee) {
    sent = attacker().sendEvidence(tee, Optional.of(field), false);
  }

  @When(
      "an attacker changes {string} in the evidence of a genuine {string} guest and has it signed again")
  public void changesAndSigns(String field, String tee) {
    sent = attacker().sendEvidence(tee, Optional.of(field), true);
  }

  @Then("Trustee takes the evidence")
  public void evidenceTaken() {
    assertThat(sent.status()).as("status of %s", sent.body()).isEqualTo(200);
    assertThat(sent.body()).contains("\"token\"");
  }

  @Then("Trustee refuses the evidence by the check {string}: {string}")
  public void evidenceRefusedBy(String check, String reason) {
    assertThat(sent.status()).as("status of %s", sent.body()).isEqualTo(401);
    assertThat(sent.body()).contains("AttestationError").doesNotContain(check);
    List<Denial> denials = world.target().trustee().denials();
    assertThat(denials).as("what Trustee refused").isNotEmpty();
    assertThat(denials.get(denials.size() - 1).findings())
        .as("findings of %s", denials.get(denials.size() - 1).json())
        .extracting(Denial.Finding::rule)
        .anyMatch(rule -> rule.endsWith(" " + check));
    assertThat(world.opSec().trusteeLog().text())
        .as("Trustee's log")
        .contains("Verifier evaluate failed")
        .contains(reason);
  }
}
