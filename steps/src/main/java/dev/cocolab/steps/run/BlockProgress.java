package dev.cocolab.steps.run;

import dev.cocolab.cli.Terminal;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestCaseStarted;
import io.cucumber.plugin.event.TestSourceParsed;
import io.cucumber.plugin.event.TestStepFinished;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Several scenarios at a time: each is shown whole when it has ended, so that no line stands
 * between another's. Where a person watches, the last line says what runs.
 */
final class BlockProgress implements RunProgress {
  private final Terminal terminal;
  private final ScenarioLines lines;
  private final Map<UUID, Running> running = new LinkedHashMap<>();
  private URI feature;

  /** A scenario that has begun, and what is to be said of it. */
  private record Running(TestCase scenario, List<String> said) {}

  BlockProgress(Terminal terminal) {
    this.terminal = terminal;
    this.lines = new ScenarioLines(terminal);
  }

  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(TestSourceParsed.class, lines::learn);
    publisher.registerHandlerFor(TestCaseStarted.class, event -> started(event.getTestCase()));
    publisher.registerHandlerFor(TestStepFinished.class, this::stepFinished);
    publisher.registerHandlerFor(TestCaseFinished.class, this::finished);
  }

  @Override
  public synchronized void tell(String line) {
    show(List.of(line));
  }

  private synchronized void started(TestCase scenario) {
    running.put(scenario.getId(), new Running(scenario, new ArrayList<>()));
    show(List.of());
  }

  private synchronized void stepFinished(TestStepFinished event) {
    running.get(event.getTestCase().getId()).said().addAll(lines.ended(event));
  }

  private synchronized void finished(TestCaseFinished event) {
    Running ended = running.remove(event.getTestCase().getId());
    List<String> block = new ArrayList<>();
    if (!ended.scenario().getUri().equals(feature)) {
      feature = ended.scenario().getUri();
      block.add("");
      block.add(lines.feature(feature));
    }
    block.add(lines.scenario(ended.scenario()));
    block.addAll(ended.said());
    lines.ended(event).ifPresent(block::add);
    show(block);
  }

  /** Puts lines above the last one, which says what runs. */
  private void show(List<String> above) {
    StringBuilder text = new StringBuilder();
    if (terminal.interactive()) {
      text.append(CLEAR_LINE);
    }
    above.forEach(line -> text.append(line).append(System.lineSeparator()));
    if (terminal.interactive()) {
      text.append(status());
    }
    terminal.err().print(text);
    terminal.err().flush();
  }

  private String status() {
    if (running.isEmpty()) {
      return "";
    }
    String names =
        running.values().stream()
            .map(one -> one.scenario().getName().replaceAll("\\p{Cntrl}", " "))
            .collect(Collectors.joining(", "));
    String text =
        "%d scenario%s running: %s"
            .formatted(running.size(), running.size() == 1 ? "" : "s", names);
    // The last column stays free: some terminals begin a new line as soon as it is written.
    int room = terminal.columns() - 1;
    return text.codePointCount(0, text.length()) <= room
        ? text
        : text.substring(0, text.offsetByCodePoints(0, Math.max(0, room - 1))) + "…";
  }
}
