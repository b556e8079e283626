package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Words the state of a pod as the kubelet does; remembers only when a condition changed. */
public final class StatusRenderer {
  private static final String NOT_READY = "ContainersNotReady";

  /**
   * How a pod has come to its end.
   *
   * @param phase Succeeded or Failed
   * @param reason of the status; empty if the containers tell enough
   * @param message of the status
   */
  public record Verdict(String phase, String reason, String message) {
    /** All containers have ended well. */
    public static Verdict succeeded() {
      return new Verdict("Succeeded", "", "");
    }

    /** The pod has failed. */
    public static Verdict failed(String reason, String message) {
      return new Verdict("Failed", reason, message);
    }
  }

  private final String hostIp;
  private final String startTime;
  private final Map<String, PodCondition> conditions = new HashMap<>();
  private Optional<String> podIp = Optional.empty();

  StatusRenderer(String hostIp, Optional<PodStatus> earlier, Instant now) {
    this.hostIp = hostIp;
    this.startTime = earlier.map(PodStatus::getStartTime).orElseGet(() -> time(now));
    earlier
        .map(PodStatus::getConditions)
        .ifPresent(list -> list.forEach(c -> conditions.put(c.getType(), c)));
  }

  void sandboxReady(String ip) {
    podIp = Optional.of(ip);
  }

  PodStatus render(
      Pod pod,
      List<ContainerRun> inits,
      List<ContainerRun> apps,
      Optional<Verdict> verdict,
      Instant now) {
    String phase =
        verdict.map(Verdict::phase).orElseGet(() -> PodPhase.of(pod, inits, apps).word());
    // Of a pod that was refused before it began only the reason is told, as the kubelet does.
    boolean begun = podIp.isPresent() || verdict.filter(end -> !end.reason().isEmpty()).isEmpty();
    PodStatusBuilder status =
        new PodStatusBuilder()
            .withPhase(phase)
            .withHostIP(hostIp)
            .withStartTime(startTime)
            .withQosClass(
                pod.getStatus() == null || pod.getStatus().getQosClass() == null
                    ? "BestEffort"
                    : pod.getStatus().getQosClass())
            .withInitContainerStatuses(
                begun ? inits.stream().map(this::status).toList() : List.of())
            .withContainerStatuses(begun ? apps.stream().map(this::status).toList() : List.of())
            .withConditions(conditions(inits, apps, verdict, now));
    podIp.ifPresent(ip -> status.withPodIP(ip).withPodIPs(new PodIP(ip)));
    verdict
        .filter(end -> !end.reason().isEmpty())
        .ifPresent(end -> status.withReason(end.reason()).withMessage(end.message()));
    return status.build();
  }

  private List<PodCondition> conditions(
      List<ContainerRun> inits, List<ContainerRun> apps, Optional<Verdict> verdict, Instant now) {
    boolean done = verdict.isPresent();
    boolean completed = verdict.map(end -> end.phase().equals("Succeeded")).orElse(false);
    List<String> incomplete =
        inits.stream().filter(run -> !run.succeeded()).map(ContainerRun::name).toList();
    List<String> unready =
        apps.stream().filter(run -> !run.ready() || done).map(ContainerRun::name).toList();
    List<PodCondition> all = new ArrayList<>();
    all.add(condition("PodReadyToStartContainers", podIp.isPresent() && !done, "", "", now));
    all.add(
        incomplete.isEmpty()
            ? condition("Initialized", true, completed ? "PodCompleted" : "", "", now)
            : condition(
                "Initialized",
                false,
                "ContainersNotInitialized",
                "containers with incomplete status: " + names(incomplete),
                now));
    String reason = completed ? "PodCompleted" : done ? "PodFailed" : NOT_READY;
    String message = done ? "" : "containers with unready status: " + names(unready);
    boolean ready = unready.isEmpty() && incomplete.isEmpty() && !done;
    for (String type : List.of("Ready", "ContainersReady")) {
      all.add(
          ready
              ? condition(type, true, "", "", now)
              : condition(type, false, reason, message, now));
    }
    all.add(condition("PodScheduled", true, "", "", now));
    return all;
  }

  private PodCondition condition(
      String type, boolean value, String reason, String message, Instant now) {
    String word = value ? "True" : "False";
    PodCondition before = conditions.get(type);
    String since =
        before != null && word.equals(before.getStatus()) && before.getLastTransitionTime() != null
            ? before.getLastTransitionTime()
            : time(now);
    PodConditionBuilder builder =
        new PodConditionBuilder().withType(type).withStatus(word).withLastTransitionTime(since);
    if (!reason.isEmpty()) {
      builder.withReason(reason);
    }
    if (!message.isEmpty()) {
      builder.withMessage(message);
    }
    PodCondition built = builder.build();
    conditions.put(type, built);
    return built;
  }

  private ContainerStatus status(ContainerRun run) {
    ContainerStatusBuilder builder =
        new ContainerStatusBuilder()
            .withName(run.name())
            .withImage(run.container().getImage())
            .withImageID(run.handle().map(RunningContainer::imageId).orElse(""))
            .withReady(run.ready())
            .withStarted(run.running() && run.started())
            .withRestartCount(run.restartCount())
            .withState(state(run.state()))
            .withLastState(run.last().map(StatusRenderer::state).orElseGet(ContainerState::new));
    run.handle().ifPresent(handle -> builder.withContainerID(handle.containerId()));
    return builder.build();
  }

  private static ContainerState state(ContainerRun.State state) {
    ContainerStateBuilder builder = new ContainerStateBuilder();
    if (state instanceof ContainerRun.Waiting waiting) {
      return builder
          .withNewWaiting()
          .withReason(waiting.reason())
          .withMessage(waiting.message().isEmpty() ? null : waiting.message())
          .endWaiting()
          .build();
    }
    if (state instanceof ContainerRun.Running running) {
      return builder.withNewRunning().withStartedAt(time(running.startedAt())).endRunning().build();
    }
    ContainerRun.Terminated end = (ContainerRun.Terminated) state;
    return builder
        .withNewTerminated()
        .withExitCode(end.exitCode())
        .withReason(end.reason())
        .withMessage(end.message().isEmpty() ? null : end.message())
        .withStartedAt(time(end.startedAt()))
        .withFinishedAt(time(end.finishedAt()))
        .withContainerID(end.containerId())
        .endTerminated()
        .build();
  }

  private static String names(List<String> names) {
    return names.stream().collect(Collectors.joining(" ", "[", "]"));
  }

  /** RFC 3339 in UTC with whole seconds, as {@code metav1.Time}. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** As Go prints a duration of whole seconds: 10s, 1m20s, 5m0s. */
  static String goDuration(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
  }
}
