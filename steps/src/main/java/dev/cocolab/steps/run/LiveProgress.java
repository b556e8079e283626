package dev.cocolab.steps.run;

import dev.cocolab.cli.Terminal;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.PickleStepTestStep;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.plugin.event.TestSourceParsed;
import io.cucumber.plugin.event.TestStepFinished;
import io.cucumber.plugin.event.TestStepStarted;
import java.net.URI;

/** One scenario at a time: each step when it ends and, where a person watches, when it begins. */
final class LiveProgress implements RunProgress {
  private final Terminal terminal;
  private final ScenarioLines lines;
  private URI feature;

  LiveProgress(Terminal terminal) {
    this.terminal = terminal;
    this.lines = new ScenarioLines(terminal);
  }

  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(TestSourceParsed.class, lines::learn);
    publisher.registerHandlerFor(TestCaseStarted.class, event -> started(event.getTestCase()));
    publisher.registerHandlerFor(TestStepStarted.class, this::stepStarted);
    publisher.registerHandlerFor(TestStepFinished.class, this::stepFinished);
    publisher.registerHandlerFor(
        TestCaseFinished.class, event -> lines.ended(event).ifPresent(terminal::tell));
  }

  @Override
  public void tell(String line) {
    terminal.tell(line);
  }

  private void started(TestCase scenario) {
    if (!scenario.getUri().equals(feature)) {
      feature = scenario.getUri();
      terminal.tell("");
      terminal.tell(lines.feature(feature));
    }
    terminal.tell(lines.scenario(scenario));
  }

  private void stepStarted(TestStepStarted event) {
    if (terminal.interactive() && event.getTestStep() instanceof PickleStepTestStep step) {
      terminal.err().print("    … " + ScenarioLines.text(step));
      terminal.err().flush();
    }
  }

  private void stepFinished(TestStepFinished event) {
    if (terminal.interactive() && event.getTestStep() instanceof PickleStepTestStep) {
      terminal.err().print(CLEAR_LINE);
    }
    lines.ended(event).forEach(terminal::tell);
  }
}
