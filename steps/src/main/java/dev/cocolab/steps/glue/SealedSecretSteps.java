package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.World;
import dev.cocolab.steps.persona.BrokenPointer;
import dev.cocolab.steps.persona.SealingKey;
import io.cucumber.java.ParameterType;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import java.security.SecureRandom;

/** Secrets of the cluster that hold a pointer, and what becomes of them in a container. */
public final class SealedSecretSteps {
  private static final String KEY = "dataset_key";
  private static final String SIGNER_KEY = "jwk_public";
  private static final String TARGET = "default/fraud-dataset/dataset_key";
  private static final String APPLICATION = "fraud-detection";

  private final World world;
  private final SealingKey signer = SealingKey.generate(new SecureRandom());
  private String signerPath = "";

  public SealedSecretSteps(World world) {
    this.world = world;
  }

  @ParameterType(
      "a pointer whose target has been exchanged|a pointer that another key has signed"
          + "|a pointer that names a key Trustee has not|a pointer without a signature")
  public BrokenPointer brokenPointer(String words) {
    return BrokenPointer.of(words);
  }

  @Given("OpSec has put the key that signs pointers into Trustee as {string}")
  public void signerInTrustee(String secret) {
    world.opSec().putIntoTrustee(secret, SIGNER_KEY, signer.publicJwk());
    signerPath = "default/" + secret + "/" + SIGNER_KEY;
  }

  @Given("the Secret {string} holds a pointer to {string}")
  public void pointer(String secret, String target) {
    world.developer().keepSecret(secret, KEY, signer.seal(signerPath, target));
  }

  @Given("the Secret {string} holds {brokenPointer}")
  public void brokenPointer(String secret, BrokenPointer broken) {
    world.developer().keepSecret(secret, KEY, broken.from(signer, signerPath, TARGET));
  }

  @Given("the Secret {string} holds the dataset key itself")
  public void plain(String secret) {
    world.developer().keepSecret(secret, KEY, world.datasetKey());
  }

  @Given("an attacker has exchanged the initdata for one that asks for no image policy")
  public void withoutImagePolicy() {
    Initdata original = world.clusterAdmin().clusterInitdata();
    world.givePodsInitdata(world.clusterAdmin().withoutImagePolicy(original));
  }

  @Then("the application is left with the pointer and loads no transaction")
  public void leftWithPointer() {
    String log = world.developer().awaitLog(world.pod(), APPLICATION, " transactions");
    assertThat(log)
        .contains("Before (head -n 1): Salted__")
        .doesNotContain("After (head -n 1): distance_from_last_t")
        .contains("Loaded 0 transactions");
  }

  @Then("the guest's log says {string}")
  public void guestLogSays(String reason) {
    assertThat(world.target().podVms().guestLog())
        .as("log of the guest")
        .anyMatch(line -> line.startsWith("kata-agent: Failed to unseal file: "))
        .anyMatch(line -> line.contains(reason));
  }
}
