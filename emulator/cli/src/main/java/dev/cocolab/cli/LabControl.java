package dev.cocolab.cli;

import dev.cocolab.lab.Lab;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Answers what {@code status} and {@code down} ask a running lab. */
final class LabControl {
  static final String STATUS = "status";
  static final String STOP = "stop";

  private final LabDirectory directory;
  private final Lab lab;
  private final CountDownLatch stop;

  LabControl(LabDirectory directory, Lab lab, CountDownLatch stop) {
    this.directory = directory;
    this.lab = lab;
    this.stop = stop;
  }

  String answer(String question) {
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
