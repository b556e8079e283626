package dev.cocolab.steps.run;

import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.Status;
import io.cucumber.plugin.event.TestCaseFinished;

/**
 * Counts how scenarios end. A scenario without steps proves nothing and counts as failed; one that
 * failed because its target went away says nothing about the product and counts as skipped.
 */
final class RunCounts implements ConcurrentEventListener {
  private int passed;
  private int failed;
  private int skipped;

  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(TestCaseFinished.class, this::finished);
  }

  synchronized int passed() {
    return passed;
  }

  synchronized int failed() {
    return failed;
  }

  synchronized int skipped() {
    return skipped;
  }

  /** What an interrupted run can tell. */
  synchronized String soFar() {
    return "; until then %d passed, %d failed, %d skipped, and there is no report of it"
        .formatted(passed, failed, skipped);
  }

  private synchronized void finished(TestCaseFinished event) {
    Status status = event.getResult().getStatus();
    if (status == Status.SKIPPED) {
      skipped++;
    } else if (status == Status.PASSED && !EmptyScenarios.isEmpty(event.getTestCase())) {
      passed++;
    } else if (RunResources.whyNotJudged().isPresent()) {
      skipped++;
    } else {
      failed++;
    }
  }
}
