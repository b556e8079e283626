package dev.cocolab.reports;

import dev.cocolab.reports.Scenario.Attachment;
import dev.cocolab.reports.Scenario.Step;
import java.util.List;

/**
 * Writes one scenario: its sentence and mark, why it did not pass, and behind a fold what was done.
 */
final class ScenarioWriter {

  private static final int REASON_LIMIT = 700;

  private final Html html;
  private final AttachmentWriter attachments;

  ScenarioWriter(Html html, AttachmentWriter attachments) {
    this.html = html;
    this.attachments = attachments;
  }

  /**
   * Writes an article.
   *
   * @param description what is to be said about this scenario alone
   */
  void write(Scenario scenario, String id, String description) {
    String word = scenario.outcome().word();
    html.open("article", "class", "scenario " + word, "id", id, "data-outcome", word);
    html.open("h3");
    mark(scenario.outcome());
    html.open("span", "class", "sentence").text(scenario.name()).raw("</span>");
    html.raw(" <small class=\"time\">").text(Durations.of(scenario.millis())).raw("</small>");
    html.close("h3");
    reason(scenario);
    attachments.explanations(scenario.allAttachments());
    facts(scenario, description);
    if (!scenario.steps().isEmpty()
        || !others(scenario.attachments()).isEmpty()
        || scenario.trace().isPresent()) {
      html.raw("<details class=\"steps\"><summary>What was done</summary>\n");
      steps(scenario.steps());
      attachments.others(scenario.attachments());
      scenario
          .trace()
          .ifPresent(
              trace -> {
                html.raw(
                    "<details class=\"attachment\"><summary>For developers: stack trace</summary>\n");
                html.open("pre", "tabindex", "0").text(trace).close("pre");
                html.close("details");
              });
      html.close("details");
    }
    html.close("article");
  }

  void mark(Outcome outcome) {
    html.raw(
        "<span class=\"mark "
            + outcome.word()
            + "\" aria-hidden=\"true\">"
            + outcome.mark()
            + "</span>");
    html.raw("<span class=\"unseen\">" + outcome.label() + ": </span>");
  }

  private void reason(Scenario scenario) {
    scenario
        .reason()
        .ifPresent(
            reason -> {
              html.open("p", "class", "reason");
              html.raw("<strong>" + scenario.outcome().label() + "</strong>");
              scenario.stoppedAt().ifPresent(step -> html.raw(" at “").text(step.name()).raw("”"));
              html.raw(": ")
                  .open("span", "class", "words")
                  .text(shortened(reason))
                  .raw("</span>")
                  .close("p");
            });
  }

  static String shortened(String reason) {
    if (reason.length() <= REASON_LIMIT) {
      return reason;
    }
    int end =
        Character.isHighSurrogate(reason.charAt(REASON_LIMIT - 1))
            ? REASON_LIMIT - 1
            : REASON_LIMIT;
    return reason.substring(0, end) + " …";
  }

  private void facts(Scenario scenario, String description) {
    if (!description.isEmpty()) {
      html.element("p", description, "class", "description");
    }
    if (!scenario.parameters().isEmpty()) {
      html.element("p", String.join(", ", scenario.parameters()), "class", "description");
    }
    if (scenario.attempts() > 1) {
      html.element(
          "p", "Ran " + scenario.attempts() + " times; the last result counts.", "class", "note");
    }
    if (!scenario.tags().isEmpty() || !scenario.location().isEmpty()) {
      html.open("p", "class", "facts");
      scenario
          .tags()
          .forEach(tag -> html.open("span", "class", "tag").text("@" + tag).raw("</span> "));
      if (!scenario.location().isEmpty()) {
        html.open("span", "class", "location").text(scenario.location()).raw("</span>");
      }
      html.close("p");
    }
  }

  private void steps(List<Step> steps) {
    if (steps.isEmpty()) {
      return;
    }
    html.raw("<ol>\n");
    for (Step step : steps) {
      html.open("li", "class", "step " + step.outcome().word());
      mark(step.outcome());
      if (!step.part().isEmpty()) {
        html.open("span", "class", "part").text(step.part()).raw("</span> ");
      }
      html.open("span").text(step.name()).raw("</span>");
      html.raw(" <small class=\"time\">").text(Durations.of(step.millis())).raw("</small>\n");
      if (step.outcome().isBad()) {
        step.reason()
            .ifPresent(r -> html.open("div", "class", "words").text(shortened(r)).close("div"));
      }
      steps(step.steps());
      attachments.others(step.attachments());
      html.close("li");
    }
    html.raw("</ol>\n");
  }

  private static List<Attachment> others(List<Attachment> attachments) {
    return attachments.stream().filter(a -> !AttachmentWriter.isExplanation(a)).toList();
  }
}
