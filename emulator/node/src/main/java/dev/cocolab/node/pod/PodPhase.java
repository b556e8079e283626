package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/** Phase of a pod that has not come to its end (kubelet, getPhase). */
enum PodPhase {
  PENDING("Pending"),
  RUNNING("Running"),
  SUCCEEDED("Succeeded"),
  FAILED("Failed");

  private final String word;

  PodPhase(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  static PodPhase of(Pod pod, List<ContainerRun> inits, List<ContainerRun> apps) {
    if (inits.stream().anyMatch(run -> !run.succeeded())
        && apps.stream().noneMatch(ContainerRun::everStarted)) {
      return PENDING;
    }
    if (apps.stream().anyMatch(run -> !run.everStarted())) {
      return PENDING;
    }
    boolean allEnded =
        apps.stream().allMatch(run -> run.state() instanceof ContainerRun.Terminated);
    if (!allEnded || !"Never".equals(pod.getSpec().getRestartPolicy())) {
      return RUNNING;
    }
    return apps.stream().allMatch(ContainerRun::succeeded) ? SUCCEEDED : FAILED;
  }
}
