package dev.cocolab.steps.run;

import dev.cocolab.cli.CliException;
import dev.cocolab.cli.ExitCode;
import io.cucumber.junitxmlformatter.MessagesToJunitXmlWriter;
import io.cucumber.messages.types.Envelope;
import io.cucumber.messages.types.TestCaseStarted;
import io.cucumber.messages.types.TestStepFinished;
import io.cucumber.messages.types.TestStepResult;
import io.cucumber.messages.types.TestStepResultStatus;
import io.cucumber.plugin.ConcurrentEventListener;
import io.cucumber.plugin.event.EventPublisher;
import io.cucumber.plugin.event.TestCaseFinished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * JUnit XML as Cucumber writes it, but for scenarios that were not judged because their target went
 * away: as in the report they are skipped, with the reason, not failed.
 */
final class JunitFile implements ConcurrentEventListener {
  private final Path file;
  private final List<Envelope> messages = new ArrayList<>();

  /** Why they were not judged, by the number that Cucumber gives a scenario. */
  private final Map<String, String> notJudged = new HashMap<>();

  JunitFile(Path file) {
    this.file = Objects.requireNonNull(file, "file");
  }

  /** Takes away what an earlier run wrote, so that nobody reads it as this one's. */
  void clear() throws IOException {
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(file);
    }
  }

  @Override
  public void setEventPublisher(EventPublisher publisher) {
    publisher.registerHandlerFor(Envelope.class, this::keep);
    publisher.registerHandlerFor(TestCaseFinished.class, this::judge);
  }

  /** Attachments are large, and no part of the file. */
  private synchronized void keep(Envelope message) {
    if (message.getAttachment().isEmpty()) {
      messages.add(message);
    }
  }

  private synchronized void judge(TestCaseFinished event) {
    RunResources.whyNotJudged()
        .ifPresent(why -> notJudged.put(event.getTestCase().getId().toString(), why));
  }

  /**
   * Writes it.
   *
   * @throws CliException USAGE when it cannot be written
   */
  synchronized void write() {
    Map<String, String> attempts = new HashMap<>();
    try (MessagesToJunitXmlWriter writer =
        new MessagesToJunitXmlWriter(Files.newOutputStream(file))) {
      for (Envelope message : messages) {
        message.getTestCaseStarted().ifPresent(begun -> attempt(begun, attempts));
        writer.write(
            message
                .getTestStepFinished()
                .flatMap(step -> judged(step, attempts))
                .map(Envelope::of)
                .orElse(message));
      }
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "--junit %s cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  private void attempt(TestCaseStarted begun, Map<String, String> attempts) {
    Optional.ofNullable(notJudged.get(begun.getTestCaseId()))
        .ifPresent(why -> attempts.put(begun.getId(), why));
  }

  /** The step as one that was skipped, if it was not judged and is neither passed nor skipped. */
  private static Optional<TestStepFinished> judged(
      TestStepFinished step, Map<String, String> attempts) {
    TestStepResult result = step.getTestStepResult();
    boolean red =
        result.getStatus() != TestStepResultStatus.PASSED
            && result.getStatus() != TestStepResultStatus.SKIPPED;
    return Optional.ofNullable(attempts.get(step.getTestCaseStartedId()))
        .filter(why -> red)
        .map(
            why ->
                new TestStepFinished(
                    step.getTestCaseStartedId(),
                    step.getTestStepId(),
                    new TestStepResult(
                        result.getDuration(),
                        "not judged: " + why,
                        TestStepResultStatus.SKIPPED,
                        null),
                    step.getTimestamp()));
  }
}
