package dev.cocolab.reports;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One scenario as it ran.
 *
 * @param feature title of its feature
 * @param location where it stands, for example {@code features/attestation/key.feature:12}; may be
 *     empty
 * @param description what its author says about it, and about its feature; may be empty
 * @param parameters the row of a scenario outline, {@code name = value} each
 * @param reason why it did not pass, in plain words
 * @param trace the same for developers
 * @param startMillis begin, milliseconds since 1970
 * @param stopMillis end, likewise
 * @param steps set-up first, then its own, then clean-up
 * @param attempts how often it ran; the result is the last one's
 */
record Scenario(
    String name,
    String feature,
    String location,
    String description,
    List<String> parameters,
    Outcome outcome,
    Optional<String> reason,
    Optional<String> trace,
    long startMillis,
    long stopMillis,
    List<String> tags,
    List<Step> steps,
    List<Attachment> attachments,
    int attempts) {

  Scenario {
    parameters = List.copyOf(parameters);
    tags = List.copyOf(tags);
    steps = List.copyOf(steps);
    attachments = List.copyOf(attachments);
  }

  long millis() {
    return Math.max(0, stopMillis - startMillis);
  }

  /** The first step that did not pass. */
  Optional<Step> stoppedAt() {
    return steps.stream().filter(s -> s.outcome().isBad()).findFirst();
  }

  /** Attachments of the scenario and of all its steps. */
  List<Attachment> allAttachments() {
    List<Attachment> result = new ArrayList<>(attachments);
    steps.forEach(s -> s.collect(result));
    return result;
  }

  /**
   * A step, or a hook before or after the scenario.
   *
   * @param part empty for the scenario's own steps, else {@code Set-up} or {@code Clean-up}
   */
  record Step(
      String part,
      String name,
      Outcome outcome,
      long millis,
      Optional<String> reason,
      List<Step> steps,
      List<Attachment> attachments) {

    Step {
      steps = List.copyOf(steps);
      attachments = List.copyOf(attachments);
    }

    private void collect(List<Attachment> into) {
      into.addAll(attachments);
      steps.forEach(s -> s.collect(into));
    }
  }

  /**
   * A file beside the results.
   *
   * @param source its name in the folder of the results
   */
  record Attachment(String name, String mediaType, String source) {}
}
