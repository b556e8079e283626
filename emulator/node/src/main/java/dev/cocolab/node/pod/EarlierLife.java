package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** What the pod object tells of a time before this node's process, whose containers are gone. */
final class EarlierLife {
  private static final String LOST = "ContainerStatusUnknown";
  private static final String LOST_MESSAGE =
      "The container could not be located when the pod was terminated";
  private static final int KILLED = 137;

  private EarlierLife() {}

  /** Whether the pod had come to its end. */
  static boolean isOver(Pod pod) {
    PodStatus status = pod.getStatus();
    return status != null
        && ("Succeeded".equals(status.getPhase()) || "Failed".equals(status.getPhase()));
  }

  /**
   * Takes over restart counts and last states.
   *
   * @return whether a container is lost that may not be restarted, so that the pod has failed
   */
  static boolean resume(Pod pod, List<ContainerRun> inits, List<ContainerRun> apps, Instant now) {
    PodStatus status = pod.getStatus();
    if (status == null) {
      return false;
    }
    boolean never = "Never".equals(pod.getSpec().getRestartPolicy());
    boolean lost = false;
    for (ContainerRun run : inits) {
      lost |= resume(run, status.getInitContainerStatuses(), now) && never;
    }
    for (ContainerRun run : apps) {
      lost |= resume(run, status.getContainerStatuses(), now) && never;
    }
    return lost;
  }

  private static boolean resume(ContainerRun run, List<ContainerStatus> statuses, Instant now) {
    Optional<ContainerStatus> own =
        statuses == null
            ? Optional.empty()
            : statuses.stream().filter(s -> run.name().equals(s.getName())).findFirst();
    if (own.isEmpty()) {
      return false;
    }
    ContainerState state = own.get().getState();
    int count = own.get().getRestartCount() == null ? 0 : own.get().getRestartCount();
    if (state == null || (state.getRunning() == null && state.getTerminated() == null)) {
      run.resume(count, Optional.empty());
      return false;
    }
    boolean wasRunning = state.getRunning() != null;
    String id = own.get().getContainerID() == null ? "" : own.get().getContainerID();
    ContainerRun.Terminated end =
        wasRunning
            ? new ContainerRun.Terminated(
                KILLED, LOST, LOST_MESSAGE, time(state.getRunning().getStartedAt(), now), now, id)
            : new ContainerRun.Terminated(
                state.getTerminated().getExitCode(),
                String.valueOf(state.getTerminated().getReason()),
                state.getTerminated().getMessage() == null
                    ? ""
                    : state.getTerminated().getMessage(),
                time(state.getTerminated().getStartedAt(), now),
                time(state.getTerminated().getFinishedAt(), now),
                id);
    run.resume(count + 1, Optional.of(end));
    return wasRunning;
  }

  private static Instant time(String text, Instant otherwise) {
    try {
      return text == null ? otherwise : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return otherwise;
    }
  }
}
