package dev.cocolab.steps.run.probe;

import dev.cocolab.steps.run.RunResources;
import dev.cocolab.steps.targets.Target;
import io.cucumber.java.After;
import io.cucumber.java.Before;
import io.cucumber.java.Scenario;
import io.cucumber.java.en.Given;
import java.util.ArrayDeque;
import java.util.Deque;

/** Steps that end only when other scenarios are at theirs; each leaves a note of whose it is. */
public final class MeetingSteps {
  private final Deque<Target> opened = new ArrayDeque<>();
  private Scenario scenario;

  @Before
  public void remember(Scenario begun) {
    scenario = begun;
  }

  @Given("a step that waits for those of other scenarios")
  public void meet() {
    opened.add(RunResources.current().openTarget());
    scenario.attach("step of " + scenario.getName(), "text/plain", "note");
  }

  @After
  public void leave() {
    if (!opened.isEmpty()) {
      scenario.attach("end of " + scenario.getName(), "text/plain", "note");
      opened.forEach(
          one -> RunResources.current().release(scenario.getName(), one, scenario.isFailed()));
    }
  }
}
