package dev.cocolab.steps.run;

import dev.cocolab.cli.Terminal;
import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.PickleStepTestStep;
import io.cucumber.plugin.event.Result;
import io.cucumber.plugin.event.Status;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.plugin.event.TestSourceParsed;
import io.cucumber.plugin.event.TestStepFinished;
import io.cucumber.plugin.event.TestStepStarted;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Tells a person what runs now, and counts. Where nobody watches it prints plain lines without
 * colour. A scenario without steps proves nothing and counts as failed.
 */
final class LiveProgress implements ConcurrentEventListener {
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String PLAIN = "\u001b[0m";
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final Terminal terminal;
  private final Map<URI, String> features = new HashMap<>();
  private URI feature;
  private int passed;
  private int failed;
  private int skipped;

  LiveProgress(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(TestSourceParsed.class, this::parsed);
    publisher.registerHandlerFor(TestCaseStarted.class, event -> scenario(event.getTestCase()));
    publisher.registerHandlerFor(TestStepStarted.class, this::stepStarted);
    publisher.registerHandlerFor(TestStepFinished.class, this::stepFinished);
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

  private synchronized void parsed(TestSourceParsed event) {
    event
        .getNodes()
        .forEach(node -> node.getName().ifPresent(name -> features.put(event.getUri(), name)));
  }

  private synchronized void scenario(TestCase testCase) {
    if (!testCase.getUri().equals(feature)) {
      feature = testCase.getUri();
      terminal.tell("");
      terminal.tell("Feature: " + features.getOrDefault(feature, feature.toString()));
    }
    terminal.tell("  Scenario: " + testCase.getName());
  }

  private synchronized void stepStarted(TestStepStarted event) {
    if (terminal.interactive() && event.getTestStep() instanceof PickleStepTestStep step) {
      terminal.err().print("    … " + text(step));
      terminal.err().flush();
    }
  }

  private synchronized void stepFinished(TestStepFinished event) {
    boolean isStep = event.getTestStep() instanceof PickleStepTestStep;
    if (terminal.interactive() && isStep) {
      terminal.err().print(CLEAR_LINE);
    }
    Result result = event.getResult();
    if (isStep) {
      terminal.tell(
          "    %s %s%s"
              .formatted(
                  mark(result.getStatus()),
                  text((PickleStepTestStep) event.getTestStep()),
                  time(result.getDuration())));
    }
    if (result.getStatus() == Status.UNDEFINED) {
      terminal.tell("      " + ReportedOutcomes.UNDEFINED);
    } else if (result.getError() != null) {
      String kind = isStep ? "" : "while preparing or cleaning up: ";
      String.valueOf(result.getError().getMessage())
          .lines()
          .limit(12)
          .forEach(line -> terminal.tell("      " + kind + line));
    }
  }

  private synchronized void finished(TestCaseFinished event) {
    Status status = event.getResult().getStatus();
    if (EmptyScenarios.isEmpty(event.getTestCase()) && status != Status.SKIPPED) {
      failed++;
      terminal.tell("    " + mark(Status.FAILED) + " " + EmptyScenarios.REASON);
    } else if (status == Status.PASSED) {
      passed++;
    } else if (status == Status.SKIPPED) {
      skipped++;
    } else {
      failed++;
    }
  }

  private static String text(PickleStepTestStep step) {
    return step.getStep().getKeyword() + step.getStep().getText();
  }

  private String mark(Status status) {
    String mark =
        switch (status) {
          case PASSED -> "✓";
          case SKIPPED, UNUSED -> "-";
          default -> "✗";
        };
    if (!terminal.interactive()) {
      return mark;
    }
    String colour =
        switch (status) {
          case PASSED -> GREEN;
          case SKIPPED, UNUSED -> YELLOW;
          default -> RED;
        };
    return colour + mark + PLAIN;
  }

  private static String time(Duration duration) {
    return duration == null || duration.isZero()
        ? ""
        : String.format(Locale.ROOT, "  (%.2f s)", duration.toMillis() / 1000.0);
  }
}
