package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.fixtures.Manifests;
import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.World;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;

/** Pods: applied, running, or not, and for which reason. */
public final class PodSteps {
  private static final String INITDATA_ANNOTATION =
      "io.katacontainers.config.hypervisor.cc_init_data";

  private final World world;

  public PodSteps(World world) {
    this.world = world;
  }

  @Given("an attacker has changed one byte of the initdata")
  public void oneByteOfInitdataChanged() {
    Initdata original = world.clusterAdmin().clusterInitdata();
    Initdata changed = world.clusterAdmin().withOneByteChanged(original);
    assertThat(changed.bytes()).hasSameSizeAs(original.bytes()).isNotEqualTo(original.bytes());
    world.givePodsInitdata(changed);
  }

  @When("the developer applies the pod {string}")
  public void apply(String name) {
    Pod manifest = manifest(name);
    world
        .podInitdata()
        .ifPresent(
            initdata ->
                manifest
                    .getMetadata()
                    .getAnnotations()
                    .put(INITDATA_ANNOTATION, initdata.encodeAnnotation()));
    applyNow(manifest);
  }

  @When("the developer applies the traditional twin of the pod {string}")
  public void applyTraditional(String name) {
    applyNow(manifest(name + "-traditional"));
  }

  @When("the developer applies a pod with the image {string}")
  public void applyWithImage(String image) {
    Pod manifest = manifest("sample-fraud-detection-traditional");
    manifest.getSpec().getContainers().get(0).setImage(image);
    applyNow(manifest);
  }

  private static Pod manifest(String name) {
    return Serialization.unmarshal(Manifests.text(name + ".yaml"), Pod.class);
  }

  private void applyNow(Pod manifest) {
    world.applying(manifest.getMetadata().getName(), Serialization.asYaml(manifest));
    world.developer().apply(manifest);
  }

  @Then("the pod is Running")
  public void running() {
    assertThat(world.developer().awaitRunning(world.pod()).getStatus().getPhase())
        .isEqualTo("Running");
  }

  @Then("it runs on the worker node and has no pod VM")
  public void runsOnTheWorker() {
    assertThat(world.developer().pod(world.pod()).getSpec().getNodeName()).isNotBlank();
    assertThat(world.target().podVms().list())
        .as("pod VMs")
        .noneMatch(vm -> vm.name().startsWith("podvm-" + world.pod() + "-"));
  }

  @Then("the pod does not start, because Trustee withholds the image policy")
  public void withheldImagePolicy() {
    var event =
        world
            .developer()
            .awaitRefusal(
                world.pod(),
                "tells that the guest got no image policy",
                warning ->
                    warning.getReason().equals("Failed")
                        && warning.getMessage().contains("[CDH] [ERROR]: Image Client error"));
    assertThat(event.getMessage()).contains("Error: CreateContainer failed: ");
    assertThat(world.developer().pod(world.pod()).getStatus().getPhase()).isEqualTo("Pending");
  }

  @Then("the pod waits with the reason {string} or {string}")
  public void waitsWithReason(String one, String other) {
    assertThat(world.developer().awaitReason(world.pod(), List.of(one, other))).isIn(one, other);
  }

  @Then("an event names the image {string}")
  public void eventNamesImage(String image) {
    assertThat(
            world
                .developer()
                .awaitWarning(
                    world.pod(), "names " + image, event -> event.getMessage().contains(image))
                .getReason())
        .isEqualTo("Failed");
  }
}
