package dev.cocolab.steps.run;

import dev.cocolab.cli.Terminal;
import io.cucumber.plugin.event.PickleStepTestStep;
import io.cucumber.plugin.event.Result;
import io.cucumber.plugin.event.Status;
import io.cucumber.plugin.event.TestCase;
import io.cucumber.plugin.event.TestCaseFinished;
import io.cucumber.plugin.event.TestSourceParsed;
import io.cucumber.plugin.event.TestStepFinished;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The words for what happens in a scenario. Where nobody watches they have no colour. */
final class ScenarioLines {
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String PLAIN = "\u001b[0m";
  private static final int LONGEST_REASON = 12;

  private final boolean coloured;
  private final Map<URI, String> features = new HashMap<>();

  ScenarioLines(Terminal terminal) {
    this.coloured = terminal.interactive();
  }

  /** Remembers the feature's name. */
  void learn(TestSourceParsed event) {
    event
        .getNodes()
        .forEach(node -> node.getName().ifPresent(name -> features.put(event.getUri(), name)));
  }

  String feature(URI uri) {
    return "Feature: " + features.getOrDefault(uri, uri.toString());
  }

  String scenario(TestCase scenario) {
    return "  Scenario: " + scenario.getName();
  }

  /** A step and, if it did not pass, why; of hooks only the latter. */
  List<String> ended(TestStepFinished event) {
    List<String> lines = new ArrayList<>();
    Result result = event.getResult();
    String kind = "while preparing or cleaning up: ";
    if (event.getTestStep() instanceof PickleStepTestStep step) {
      kind = "";
      lines.add(
          "    %s %s%s"
              .formatted(mark(result.getStatus()), text(step), time(result.getDuration())));
    }
    if (result.getStatus() == Status.UNDEFINED) {
      lines.add("      " + ReportedOutcomes.UNDEFINED);
    } else if (result.getError() != null) {
      String start = "      " + kind;
      String.valueOf(result.getError().getMessage())
          .lines()
          .limit(LONGEST_REASON)
          .forEach(line -> lines.add(start + line));
    }
    return lines;
  }

  /** What remains to be said when a scenario has ended: that it had no steps. */
  Optional<String> ended(TestCaseFinished event) {
    boolean provesNothing =
        EmptyScenarios.isEmpty(event.getTestCase())
            && event.getResult().getStatus() != Status.SKIPPED;
    return provesNothing
        ? Optional.of("    " + mark(Status.FAILED) + " " + EmptyScenarios.REASON)
        : Optional.empty();
  }

  static String text(PickleStepTestStep step) {
    return step.getStep().getKeyword() + step.getStep().getText();
  }

  private String mark(Status status) {
    String mark =
        switch (status) {
          case PASSED -> "✓";
          case SKIPPED, UNUSED -> "-";
          default -> "✗";
        };
    if (!coloured) {
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
