package dev.cocolab.steps.targets.aro;

import dev.cocolab.azure.AzureException;
import dev.cocolab.cli.CliException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be undone at the end, the last first, each whatever became of the others. */
final class CleanUp {
  private static final Logger LOG = LoggerFactory.getLogger(CleanUp.class);

  private record Step(String what, Runnable action) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  /**
   * To be done before everything that was registered earlier.
   *
   * @param what ends the sentence "could not …"
   */
  synchronized void later(String what, Runnable action) {
    steps.push(new Step(what, action));
  }

  /** Does what is left to do; a sentence for each that failed. */
  synchronized List<String> run() {
    List<String> failures = new ArrayList<>();
    while (!steps.isEmpty()) {
      Step step = steps.pop();
      try {
        step.action().run();
      } catch (RuntimeException | AssertionError e) {
        LOG.debug("could not {}", step.what(), e);
        failures.add("could not %s: %s".formatted(step.what(), reason(e)));
      }
    }
    return failures;
  }

  /** A sentence; what a library says may be long, its cause is what a person can act on. */
  static String reason(Throwable e) {
    if (e instanceof AzureException || e instanceof CliException) {
      return String.valueOf(e.getMessage());
    }
    Throwable cause = e;
    while (e instanceof KubernetesClientException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }
}
