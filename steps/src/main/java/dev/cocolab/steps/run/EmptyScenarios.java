package dev.cocolab.steps.run;

import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.PickleStepTestStep;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseFinished;

/**
 * Cucumber plugin for runs under JUnit: a scenario without steps, which Cucumber counts as passed,
 * fails. Register it last, so that the other plugins have heard the end of the scenario.
 */
public final class EmptyScenarios implements ConcurrentEventListener {
  static final String REASON = "the scenario has no steps: it proves nothing";

  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(
        TestCaseFinished.class,
        event -> {
          if (isEmpty(event.getTestCase())) {
            throw new AssertionError(REASON);
          }
        });
  }

  static boolean isEmpty(TestCase scenario) {
    return scenario.getTestSteps().stream().noneMatch(PickleStepTestStep.class::isInstance);
  }
}
