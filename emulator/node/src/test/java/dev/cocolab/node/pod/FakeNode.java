package dev.cocolab.node.pod;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Probe;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Both ports of a pod worker, in memory; everything happens in the calling thread. */
final class FakeNode implements PodBackend, PodReporter {
  final List<String> events = new ArrayList<>();
  final List<String> starts = new ArrayList<>();
  final Deque<PodSetupException> setupFailures = new ArrayDeque<>();
  final Deque<ContainerStartException> startFailures = new ArrayDeque<>();
  final Map<String, FakeContainer> running = new HashMap<>();
  final ManualTimers time = new ManualTimers();

  /** What is done for a pod before its containers; may refuse. */
  Consumer<Pod> setUp = pod -> {};

  Optional<String> excess = Optional.empty();
  Optional<String> probeAnswer = Optional.empty();
  PodStatus status;
  int deletions;
  int closed;

  PodWorker worker(Pod pod) {
    return new PodWorker(
        pod, new PodWorker.Surroundings(this, this, time, time, Runnable::run, "127.9.0.1"));
  }

  ContainerStatus container(String name) {
    return Stream.concat(
            status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
        .filter(each -> name.equals(each.getName()))
        .findFirst()
        .orElseThrow();
  }

  String condition(String type) {
    return status.getConditions().stream()
        .filter(each -> type.equals(each.getType()))
        .map(each -> each.getStatus())
        .findFirst()
        .orElse("absent");
  }

  @Override
  public PreparedPod prepare(Pod pod, EventSink sink) {
    if (!setupFailures.isEmpty()) {
      throw setupFailures.pop();
    }
    setUp.accept(pod);
    return new PreparedPod() {
      @Override
      public Optional<String> excess() {
        return excess;
      }

      @Override
      public String podIp() {
        return "127.9.0.10";
      }

      @Override
      public String sandboxId() {
        return "0".repeat(64);
      }

      @Override
      public SocketChannel connect(int port) throws IOException {
        throw new ConnectException("nobody listens in this pod");
      }

      @Override
      public RunningContainer start(ContainerStart start) {
        starts.add(start.container().getName());
        if (!startFailures.isEmpty()) {
          throw startFailures.pop();
        }
        FakeContainer container = new FakeContainer();
        running.put(start.container().getName(), container);
        return container;
      }

      @Override
      public void close() {
        closed++;
      }
    };
  }

  @Override
  public void status(Pod pod, PodStatus newStatus) {
    status = newStatus;
  }

  @Override
  public void event(Pod pod, EventSink.Type type, String reason, String message, String fieldPath) {
    events.add(reason + ": " + message);
  }

  @Override
  public void delete(Pod pod) {
    deletions++;
  }

  final class FakeContainer implements RunningContainer {
    private final CompletableFuture<Exit> exited = new CompletableFuture<>();
    final List<Duration> stops = new ArrayList<>();

    void exit(int code) {
      exited.complete(new Exit(code, ""));
    }

    @Override
    public CommandSession exec(ContainerCommand command) {
      throw new CommandRefusedException("no command is run here");
    }

    @Override
    public String containerId() {
      return "cri-o://1";
    }

    @Override
    public String imageId() {
      return "image@sha256:1";
    }

    @Override
    public CompletionStage<Exit> exited() {
      return exited;
    }

    @Override
    public void stop(Duration grace) {
      stops.add(grace);
    }

    @Override
    public Optional<String> probe(Probe probe) {
      return probeAnswer;
    }
  }
}
