package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.World;
import dev.cocolab.steps.persona.CommandOutcome;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import java.nio.charset.StandardCharsets;

/** What whoever administers the cluster sees of a workload, changes, and is refused. */
public final class AdminSteps {
  private static final String KEY = "dataset_key";

  private final World world;

  public AdminSteps(World world) {
    this.world = world;
  }

  @Given("the cluster administrator has changed one byte of the cluster's initdata")
  public void changesClusterInitdata() {
    Initdata original = world.clusterAdmin().clusterInitdata();
    Initdata changed = world.clusterAdmin().withOneByteChanged(original);
    world.clusterAdmin().changeClusterInitdata(changed);
    world.expectMeasured(changed);
  }

  @Then("the cluster administrator can run {string} in it and reads {string}")
  public void runs(String command, String text) {
    CommandOutcome outcome = world.clusterAdmin().run(world.pod(), command.split(" "));
    assertThat(outcome.refusal()).as("refusal of '%s'", command).isEmpty();
    assertThat(outcome.exitCode()).as("exit code of '%s'", command).isZero();
    assertThat(outcome.output()).contains(text);
  }

  @Then("the cluster administrator is refused to run {string} in it")
  public void refused(String command) {
    CommandOutcome outcome = world.clusterAdmin().run(world.pod(), command.split(" "));
    world.refused(outcome.refusal());
    assertThat(outcome.output()).as("output of '%s'", command).isEmpty();
    assertThat(outcome.refusal())
        .containsPattern(
            "error executing command in container: cannot enter container [0-9a-f]{64}, with err"
                + " rpc error: code = PermissionDenied desc ="
                + " \"ExecProcessRequest is blocked by policy: \": unknown");
  }

  @Then("the cluster administrator reads a sealed pointer in the Secret {string}, not the key")
  public void readsPointer(String secret) {
    byte[] seen = world.clusterAdmin().readSecret(secret, KEY);
    assertThat(new String(seen, StandardCharsets.US_ASCII)).startsWith("sealed.eyJhbGci");
    assertThat(seen).isNotEqualTo(world.datasetKey());
  }

  @Then("the cluster administrator reads the dataset key in the Secret {string}")
  public void readsKey(String secret) {
    assertThat(world.clusterAdmin().readSecret(secret, KEY)).isEqualTo(world.datasetKey());
  }
}
