package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.protocol.Initdata;
import dev.cocolab.steps.World;
import dev.cocolab.steps.targets.PodVms.PodVm;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;

/** Pods: applied, running, or not, and for which reason. */
public final class PodSteps {
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
    applyNow(PodManifest.prepared(name, world));
  }

  @When("the developer applies the traditional twin of the pod {string}")
  public void applyTraditional(String name) {
    applyNow(PodManifest.withDataset(PodManifest.traditional(name), world));
  }

  @When("the developer applies a pod with the image {string}")
  public void applyWithImage(String image) {
    applyNow(PodManifest.withImage(PodManifest.traditional("sample-fraud-detection"), image));
  }

  @When("the developer applies the pod {string} with the image {string}")
  public void applyPodWithImage(String name, String image) {
    applyNow(PodManifest.withImage(PodManifest.prepared(name, world), image));
  }

  @When(
      "the developer applies a confidential pod that prints its variable from the Secret {string}")
  public void applyPrinting(String secret) {
    applyNow(
        PodManifest.printing(
            PodManifest.prepared("sample-fraud-detection", world),
            "MY_VARIABLE",
            secret,
            "dataset_key",
            "echo \"$MY_VARIABLE\"; exec sleep 3600"));
  }

  @When("the developer deletes the pod")
  public void delete() {
    world.developer().delete(world.pod());
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

  @Then("it runs in a pod VM of the size {string}")
  public void runsInPodVm(String size) {
    assertThat(world.target().podVms().list())
        .filteredOn(vm -> vm.name().matches("podvm-" + world.pod() + "-[0-9a-f]{8}"))
        .singleElement()
        .satisfies(vm -> assertThat(vm.size()).isEqualTo(size));
  }

  @Then("neither the pod nor its pod VM is left")
  public void nothingLeft() {
    world
        .developer()
        .awaitGone(
            world.pod(),
            () ->
                world.target().podVms().list().stream()
                    .map(PodVm::name)
                    .filter(vm -> vm.startsWith("podvm-" + world.pod() + "-"))
                    .toList());
  }

  @Then("the pod {string} differs from its traditional twin in its runtime class only")
  public void differsInRuntimeClass(String name) {
    Pod confidential = PodManifest.of(name);
    Pod traditional = PodManifest.traditional(name);
    assertThat(traditional.getSpec().getRuntimeClassName()).isNull();
    assertThat(confidential.getSpec().getRuntimeClassName()).isEqualTo("kata-remote");
    confidential.getSpec().setRuntimeClassName(null);
    assertThat(Serialization.asYaml(confidential)).isEqualTo(Serialization.asYaml(traditional));
  }

  @Then("the application prints {string}")
  public void prints(String text) {
    assertThat(world.developer().awaitLog(world.pod(), "fraud-detection", text).lines())
        .contains(text);
  }

  @Then("the guest refuses the image with {string}")
  public void refusesImage(String reason) {
    pullFails("Image policy rejected: Denied by policy: " + reason + "\"");
  }

  @Then("the guest cannot pull the image, because it is {string}")
  public void cannotPull(String reason) {
    pullFails(
        "Errors happened when pulling image: failed to pull image manifest: " + reason + "\"");
  }

  @Then("the guest's log says that the policy refuses the image, because {string}")
  public void logTellsRefusal(String reason) {
    assertThat(world.target().podVms().guestLog())
        .as("log of the guest")
        .anyMatch(
            line ->
                line.startsWith(
                    "confidential-data-hub: image policy refuses %s: %s"
                        .formatted(image(), reason)));
  }

  private void pullFails(String error) {
    var event =
        world
            .developer()
            .awaitRefusal(
                world.pod(),
                "tells that the guest could not pull the image",
                warning ->
                    warning.getReason().equals("Failed")
                        && warning.getMessage().contains("[CDH] [ERROR]: Image Pull error"));
    String image = image();
    assertThat(event.getMessage())
        .startsWith(
            "Error: CreateContainer failed: rpc status: Status { code: INTERNAL, message: "
                + "\"[CDH] [ERROR]: Image Pull error: Failed to pull image "
                + image
                + " from all mirror/mapping locations or original location: image: "
                + image
                + ", error: "
                + error
                + ", details: [], special_fields: SpecialFields {");
    assertThat(world.developer().pod(world.pod()).getStatus().getPhase()).isEqualTo("Pending");
  }

  private String image() {
    return world.developer().pod(world.pod()).getSpec().getContainers().get(0).getImage();
  }

  @Then("the pod does not start, because Trustee withholds the image policy")
  public void withheldImagePolicy() {
    imageClientMisses("image policy");
  }

  @Then("the pod does not start, because the guest gets no credentials")
  public void withoutCredentials() {
    imageClientMisses("registry credentials");
  }

  private void imageClientMisses(String resource) {
    var event =
        world
            .developer()
            .awaitRefusal(
                world.pod(),
                "tells that the guest got no " + resource,
                warning ->
                    warning.getReason().equals("Failed")
                        && warning.getMessage().contains("[CDH] [ERROR]: Image Client error"));
    assertThat(event.getMessage())
        .contains("Error: CreateContainer failed: ")
        .contains("Image Client error: Initialize resource provider failed: Get resource failed: ");
    assertThat(world.developer().pod(world.pod()).getStatus().getPhase()).isEqualTo("Pending");
  }

  @Then("the pod waits with the reason {string} or {string}")
  public void waitsWithReason(String one, String other) {
    assertThat(world.developer().awaitReason(world.pod(), List.of(one, other))).isIn(one, other);
  }

  @Then("an event names the image {string}")
  public void eventNamesImage(String image) {
    failedEvent("names " + image, image);
  }

  @Then("an event says {string}")
  public void eventSays(String text) {
    failedEvent("says \"" + text + "\"", text);
  }

  private void failedEvent(String what, String text) {
    assertThat(
            world
                .developer()
                .awaitWarning(world.pod(), what, event -> event.getMessage().contains(text))
                .getReason())
        .isEqualTo("Failed");
  }
}
