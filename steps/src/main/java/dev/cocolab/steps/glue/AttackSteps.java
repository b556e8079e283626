package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.steps.World;
import dev.cocolab.steps.persona.Attacker;
import dev.cocolab.steps.run.RunResources;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;

/** What somebody without genuine hardware tries from outside the cluster. */
public final class AttackSteps {
  private final World world;
  private String refusal = "";
  private Attacker.Answer answer = new Attacker.Answer(0, "");

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
}
