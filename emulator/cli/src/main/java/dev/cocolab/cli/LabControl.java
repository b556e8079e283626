package dev.cocolab.cli;

import dev.cocolab.broker.AttestationJournal;
import dev.cocolab.lab.Lab;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Answers what {@code status}, {@code down} and {@code explain} ask a running lab. */
final class LabControl {
  static final String STATUS = "status";
  static final String STOP = "stop";

  /** Begins a question; the rest of it names a request or a pod. */
  static final String EXPLAIN = "explain ";

  private final LabDirectory directory;
  private final Lab lab;
  private final CountDownLatch stop;

  LabControl(LabDirectory directory, Lab lab, CountDownLatch stop) {
    this.directory = directory;
    this.lab = lab;
    this.stop = stop;
  }

  String answer(String question) {
    return question.startsWith(EXPLAIN)
        ? explain(question.substring(EXPLAIN.length()))
        : ofLab(question);
  }

  private String explain(String subject) {
    int slash = subject.indexOf('/');
    Optional<ObjectNode> explained =
        slash < 0
            ? lab.explanations().ofRequest(subject)
            : lab.explanations().ofPod(subject.substring(0, slash), subject.substring(slash + 1));
    return explained
        .map(ObjectNode::toString)
        .orElseGet(
            () ->
                JsonMapper.shared()
                    .createObjectNode()
                    .put(
                        "unknown",
                        slash < 0
                            ? "Trustee of this lab knows no request '%s'; it keeps the last %d"
                                .formatted(subject, AttestationJournal.DEFAULT_CAPACITY)
                            : "there is no confidential pod '%s': none of this name, or it runs without a runtime class"
                                .formatted(subject))
                    .toString());
  }

  private String ofLab(String question) {
    return switch (question) {
      case STATUS ->
          new LabStatus(
                  directory.name(),
                  ProcessHandle.current().pid(),
                  directory.kubeconfig().toString(),
                  lab.trusteeUrl().toString(),
                  lab.data().map(Path::toString))
              .toJson();
      case STOP -> {
        stop.countDown();
        yield "stopping";
      }
      default -> "unknown question";
    };
  }
}
