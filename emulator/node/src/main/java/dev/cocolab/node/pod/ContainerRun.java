package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.Container;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What is known of one container of a pod. Confined to the pod's executor. */
final class ContainerRun {
  /** Where a container stands. */
  sealed interface State permits Waiting, Running, Terminated {}

  /** Not running; {@code reason} as the kubelet words it. */
  record Waiting(String reason, String message) implements State {}

  /** Running since. */
  record Running(Instant startedAt) implements State {}

  /** Ended. */
  record Terminated(
      int exitCode,
      String reason,
      String message,
      Instant startedAt,
      Instant finishedAt,
      String containerId)
      implements State {}

  private final Container container;
  private final boolean init;
  private final Backoff restarts = new Backoff();
  private final Backoff pulls = new Backoff();
  private State state;
  private Optional<Terminated> last = Optional.empty();
  private Optional<RunningContainer> handle = Optional.empty();
  private Optional<ContainerProbes> probes = Optional.empty();
  private boolean launched;
  private boolean ready;
  private boolean started;
  private boolean everStarted;
  private int restartCount;
  private int launches;

  ContainerRun(Container container, boolean init, State initial) {
    this.container = Objects.requireNonNull(container, "container");
    this.init = init;
    this.state = initial;
  }

  Container container() {
    return container;
  }

  String name() {
    return container.getName();
  }

  boolean init() {
    return init;
  }

  String fieldPath() {
    return (init ? "spec.initContainers{" : "spec.containers{") + name() + "}";
  }

  State state() {
    return state;
  }

  Optional<Terminated> last() {
    return last;
  }

  Optional<RunningContainer> handle() {
    return handle;
  }

  Backoff restarts() {
    return restarts;
  }

  Backoff pulls() {
    return pulls;
  }

  int restartCount() {
    return restartCount;
  }

  /** Number of the current launch; answers of earlier ones are stale. */
  int launch() {
    return launches;
  }

  /** Whether a start is under way, has succeeded, or is planned. */
  boolean launched() {
    return launched;
  }

  boolean ready() {
    return ready;
  }

  boolean started() {
    return started;
  }

  /** Whether it has run at least once in this pod. */
  boolean everStarted() {
    return everStarted;
  }

  boolean running() {
    return state instanceof Running;
  }

  boolean succeeded() {
    return state instanceof Terminated ended && ended.exitCode() == 0;
  }

  void probedBy(ContainerProbes running) {
    probes = Optional.of(running);
  }

  void endProbes() {
    probes.ifPresent(ContainerProbes::end);
    probes = Optional.empty();
  }

  int launching() {
    launched = true;
    return ++launches;
  }

  void waiting(String reason, String message) {
    if (state instanceof Terminated ended) {
      last = Optional.of(ended);
    }
    state = new Waiting(reason, message);
    ready = false;
    started = false;
  }

  /** Takes over what an earlier kubelet reported. */
  void resume(int restarts, Optional<Terminated> earlier) {
    restartCount = restarts;
    last = earlier;
    everStarted = earlier.isPresent();
  }

  void countRestart() {
    restartCount++;
  }

  void running(RunningContainer running, Instant now) {
    handle = Optional.of(running);
    state = new Running(now);
    everStarted = true;
  }

  void setReady(boolean value) {
    ready = value;
  }

  void setStarted(boolean value) {
    started = value;
  }

  void terminated(Terminated ended) {
    endProbes();
    state = ended;
    ready = init && ended.exitCode() == 0;
    started = false;
  }
}
