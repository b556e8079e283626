package dev.cocolab.steps.run;

import io.cucumber.java.PendingException;
import io.qameta.allure.listener.TestLifecycleListener;
import io.qameta.allure.model.Status;
import io.qameta.allure.model.StatusDetails;
import io.qameta.allure.model.StepResult;
import io.qameta.allure.model.TestResult;
import java.util.List;
import java.util.Optional;

/**
 * Makes the report say what the run says. Allure's adapter writes an undefined step without any
 * outcome, a pending one as skipped and a scenario without steps as passed; all three are failures.
 * A scenario that failed because its target went away is one that was not judged. Found by Allure
 * through {@link java.util.ServiceLoader}.
 */
public final class ReportedOutcomes implements TestLifecycleListener {
  static final String UNDEFINED = "no step class knows this sentence";

  @Override
  public void beforeTestWrite(TestResult scenario) {
    judge(scenario);
    if (scenario.getStatus() == Status.FAILED || scenario.getStatus() == Status.BROKEN) {
      RunResources.whyNotJudged()
          .ifPresent(
              why -> {
                scenario.setStatus(Status.SKIPPED);
                scenario.setStatusDetails(new StatusDetails().setMessage("not judged: " + why));
              });
    }
  }

  private static void judge(TestResult scenario) {
    List<StepResult> steps = scenario.getSteps();
    if (steps.isEmpty() && scenario.getStatus() == Status.PASSED) {
      scenario.setStatus(Status.FAILED);
      scenario.setStatusDetails(new StatusDetails().setMessage(EmptyScenarios.REASON));
      return;
    }
    steps.stream().filter(step -> step.getStatus() == null).forEach(step -> fail(step, UNDEFINED));
    steps.stream()
        .filter(step -> isPending(step.getStatusDetails()))
        .forEach(step -> fail(step, step.getStatusDetails().getMessage()));
    if (scenario.getStatus() == null || isPending(scenario.getStatusDetails())) {
      failing(steps)
          .ifPresent(
              step -> {
                scenario.setStatus(Status.FAILED);
                scenario.setStatusDetails(step.getStatusDetails());
              });
    }
  }

  private static void fail(StepResult step, String message) {
    step.setStatus(Status.FAILED);
    step.setStatusDetails(new StatusDetails().setMessage(message));
  }

  private static Optional<StepResult> failing(List<StepResult> steps) {
    return steps.stream().filter(step -> step.getStatus() == Status.FAILED).findFirst();
  }

  private static boolean isPending(StatusDetails details) {
    return details != null
        && details.getTrace() != null
        && details.getTrace().startsWith(PendingException.class.getName());
  }
}
