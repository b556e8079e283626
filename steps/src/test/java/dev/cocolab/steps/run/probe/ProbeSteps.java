package dev.cocolab.steps.run.probe;

import io.cucumber.java.PendingException;
import io.cucumber.java.en.Given;
import org.opentest4j.TestAbortedException;

/** Steps that end in each way a step can end. */
@SuppressWarnings("DoNotCallSuggester") // to throw is what these steps are for
public final class ProbeSteps {
  @Given("a step that passes")
  public void passes() {
    // Reaching this line is what the scenario asks for.
  }

  @Given("a step that fails")
  public void fails() {
    throw new AssertionError("the probe found 3 instead of 4");
  }

  @Given("a step that nobody has finished")
  public void pending() {
    throw new PendingException("nobody has finished it");
  }

  @Given("a step that does not apply here")
  public void aborted() {
    throw new TestAbortedException("it does not apply here");
  }
}
