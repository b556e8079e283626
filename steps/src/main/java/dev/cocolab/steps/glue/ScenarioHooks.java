package dev.cocolab.steps.glue;

import dev.cocolab.steps.World;
import dev.cocolab.steps.run.RunResources;
import dev.cocolab.steps.run.Turns;
import dev.cocolab.steps.targets.Capability;
import dev.cocolab.steps.targets.Target;
import io.cucumber.java.After;
import io.cucumber.java.Before;
import io.cucumber.java.Scenario;
import java.util.Optional;
import java.util.stream.Collectors;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the target before a scenario; afterwards collects what happened, then closes it. */
public final class ScenarioHooks {
  private static final Logger LOG = LoggerFactory.getLogger(ScenarioHooks.class);

  private final World world;
  private Optional<Turns.Turn> turn = Optional.empty();

  public ScenarioHooks(World world) {
    this.world = world;
  }

  @Before
  public void openTarget(Scenario scenario) {
    RunResources resources = RunResources.current();
    var missing =
        scenario.getSourceTagNames().stream()
            .map(Capability::ofTag)
            .flatMap(Optional::stream)
            .filter(needed -> !resources.capabilities().contains(needed))
            .collect(Collectors.toSet());
    if (!missing.isEmpty()) {
      throw new TestAbortedException(
          "skipped: the target '%s' does not offer %s".formatted(resources.targetName(), missing));
    }
    turn = Optional.of(resources.turns().take(scenario.getSourceTagNames().contains(Turns.ALONE)));
    world.open(resources.openTarget());
  }

  @After
  public void collectAndClose(Scenario scenario) {
    try {
      collectAndRelease(scenario);
    } finally {
      turn.ifPresent(Turns.Turn::end);
    }
  }

  private void collectAndRelease(Scenario scenario) {
    Target target = world.target();
    if (target == null) {
      return;
    }
    try {
      // What thousands of attestations have logged tells a reader nothing; the numbers do.
      if (!world.underLoad()
          && (!scenario.isFailed() || RunResources.current().outage().isEmpty())) {
        new Evidence(world, scenario).attachAll();
        RunResources.current()
            .recorder()
            .ifPresent(recorder -> new Observations(world, scenario).write(recorder));
      }
    } catch (RuntimeException e) {
      LOG.warn("could not collect everything for the report", e);
      throw e;
    } finally {
      RunResources.current().release(scenario.getName(), target, scenario.isFailed());
    }
  }
}
