package dev.cocolab.steps.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cocolab.steps.World;
import dev.cocolab.steps.performance.Budgets;
import dev.cocolab.steps.performance.Budgets.Budget;
import dev.cocolab.steps.performance.Check;
import dev.cocolab.steps.performance.Check.Unit;
import dev.cocolab.steps.performance.Load;
import dev.cocolab.steps.performance.Measurements;
import dev.cocolab.steps.performance.PodStartTimes;
import dev.cocolab.steps.run.RunResources;
import dev.cocolab.steps.targets.TrusteeState;
import io.cucumber.java.After;
import io.cucumber.java.Before;
import io.cucumber.java.en.Given;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.util.List;
import java.util.function.Supplier;

/** How fast Trustee attests and pods start, judged by ratios of numbers of the same run. */
public final class PerformanceSteps {
  private static final double WHOLE = 100;

  private final World world;
  private final Measurements measured = RunResources.current().measurements();
  private final Budgets budgets = Budgets.of(System::getProperty, System.getenv());
  private List<Load> sweep = List.of();
  private List<Integer> clients = List.of();
  private double part;
  private PodStartTimes starts;
  private Supplier<PodStartTimes> startsAgain;

  public PerformanceSteps(World world) {
    this.world = world;
  }

  @Before("@unreached")
  public void unreached() {
    measured.expectUnreached();
  }

  @After("@unreached")
  public void endUnreached() {
    measured.expectReached();
  }

  private TrusteeState trustee() {
    world.loaded();
    return world.target().trustee();
  }

  @Given("OpSec accepts guests that boot without initdata")
  public void acceptsGuestsWithoutInitdata() {
    world.opSec().registerNoInitdata();
  }

  @When("{int}, {int}, {int} and {int} clients attest, one number after the other")
  public void clientsAttest(int first, int second, int third, int fourth) {
    clients = List.of(first, second, third, fourth);
    sweep = measured.sweep(clients, trustee());
  }

  @When("guests attest at {int} % of the peak rate of {int}, {int}, {int} and {int} clients")
  public void attestAtPartOfPeak(int percent, int first, int second, int third, int fourth) {
    clientsAttest(first, second, third, fourth);
    part = percent / WHOLE;
    measured.atPartOfPeak(part, trustee());
  }

  @Then("the peak rate is above the floor of {int} % of what the cryptography alone allows")
  public void peakIsAboveFloor(int percent) {
    Load peak = measured.peak();
    measured.requireFloor(
        Check.atLeast(
            "floor",
            "the peak rate as a part of what the cryptography alone allows, least of all",
            Unit.PART,
            percent / WHOLE,
            peak.share()),
        () -> List.of(measured.peak()),
        () -> {
          measured.again(peak, trustee());
          return measured.peak().share();
        });
  }

  @Then("the peak rate is at least {int} % of what the cryptography alone allows")
  public void peakIsPartOfLimit(int percent) {
    Load peak = measured.peak();
    measured.require(
        Check.atLeast(
            "share",
            "the peak rate as a part of what the cryptography alone allows",
            Unit.PART,
            percent / WHOLE,
            peak.share()),
        () -> List.of(measured.peak()),
        () -> {
          measured.again(peak, trustee());
          return measured.peak().share();
        });
    measured.requireBudget(
        budgets,
        Budget.RATE,
        "the peak rate",
        measured.peak().perSecond(),
        () -> measured.again(measured.peak(), trustee()).perSecond());
  }

  @Then("{int} clients reach at least {int} % of the peak rate")
  public void manyClientsReach(int many, int percent) {
    Load load = sweep.get(clients.indexOf(many));
    measured.require(
        Check.atLeast(
            "many",
            "the rate of %d clients as a part of the peak rate".formatted(many),
            Unit.PART,
            percent / WHOLE,
            load.perSecond() / measured.peak().perSecond()),
        () -> List.of(measured.of(load), measured.peak()),
        () -> measured.again(load, trustee()).perSecond() / measured.peak().perSecond());
  }

  @Then("no attestation has failed")
  public void noneFailed() {
    List<Load> failed = measured.everMade().stream().filter(load -> load.errors() > 0).toList();
    measured.requireAnyhow(
        Check.atMost(
            "errors",
            failed.stream()
                .map(Load::failures)
                .reduce("attestations that failed", (all, one) -> all + " (" + one + ")"),
            Unit.COUNT,
            0,
            (double) failed.stream().mapToLong(Load::errors).sum()),
        () -> (double) failed.stream().mapToLong(Load::errors).sum());
    assertThat(measured.all()).allMatch(load -> load.perSecond() > 0);
  }

  @Then("Trustee keeps up with {int} % of it")
  public void keepsUp(int percent) {
    measured.requireFloor(
        Check.atLeast(
            "kept",
            "attestations a second at half load as a part of those begun",
            Unit.PART,
            percent / WHOLE,
            measured.atPartOfPeak(part, trustee()).keptUp()),
        this::atPart,
        () -> again().keptUp());
  }

  private List<Load> atPart() {
    return List.of(measured.atPartOfPeak(part, trustee()));
  }

  private Load again() {
    return measured.partAgain(part, trustee());
  }

  @Then("p99 is below the ceiling of {int} times p50")
  public void tailIsBelowCeiling(int times) {
    measured.requireFloor(
        Check.atMost(
            "ceiling",
            "p99 in parts of p50, at half load, most of all",
            Unit.TIMES,
            times,
            measured.atPartOfPeak(part, trustee()).tail()),
        this::atPart,
        () -> again().tail());
  }

  @Then("p99 is at most {int} times p50")
  public void tailIsShort(int times) {
    Load load = measured.atPartOfPeak(part, trustee());
    measured.require(
        Check.atMost(
            "latency", "p99 in parts of p50, at half load", Unit.TIMES, times, load.tail()),
        this::atPart,
        () -> again().tail());
    measured.requireBudget(
        budgets,
        Budget.P99_MS,
        "p99 of an attestation at half load",
        measured.atPartOfPeak(part, trustee()).millis("", "p99"),
        () -> again().millis("", "p99"));
  }

  @Then("the median fetch of a resource takes at most {int} % of the median attestation")
  public void resourceComesQuickly(int percent) {
    measured.require(
        Check.atMost(
            "resource",
            "the median fetch of a resource as a part of the median attestation",
            Unit.PART,
            percent / WHOLE,
            resourceInParts(measured.atPartOfPeak(part, trustee()))),
        this::atPart,
        () -> resourceInParts(again()));
    measured.requireBudget(
        budgets,
        Budget.RESOURCE_P99_MS,
        "p99 of the fetch of a resource",
        measured.atPartOfPeak(part, trustee()).millis("resource", "p99"),
        () -> again().millis("resource", "p99"));
  }

  private static double resourceInParts(Load load) {
    return load.millis("resource", "p50") / load.millis("attest", "p50");
  }

  @When("the developer starts the pod {string} {int} times, one after the other")
  public void startsPods(String name, int count) {
    startsAgain =
        () ->
            measured.podStarts(world.developer().startTimes(PodManifest.of(name), "again", count));
    starts = measured.podStarts(world.developer().startTimes(PodManifest.of(name), "once", count));
  }

  @Then("each start shows the phases:")
  public void showsPhases(List<String> phases) {
    assertThat(phases)
        .allSatisfy(
            phase ->
                assertThat(starts.phases().getOrDefault(phase, List.of()))
                    .as("times of the phase %s, of %s", phase, starts.phases().keySet())
                    .hasSize(starts.count()));
  }

  @Then("the slowest start takes at most {int} times as long as the median")
  public void startsAlike(int times) {
    measured.requireAnyhow(
        Check.atMost(
            "pod-start",
            "the slowest start of a pod in parts of the median",
            Unit.TIMES,
            times,
            starts.spread()),
        () -> startsAgain.get().spread());
    measured.requireBudget(
        budgets,
        Budget.POD_START_MS,
        "the slowest start of a pod",
        starts.slowest(),
        () -> startsAgain.get().slowest());
  }
}
