package dev.cocolab.node.kubelet;

import dev.cocolab.node.log.ContainerLog;
import dev.cocolab.node.log.LogQuery;
import dev.cocolab.node.log.PodLogs;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code GET /containerLogs/<namespace>/<pod>/<container>}. */
final class LogRequests {
  private static final Logger log = LoggerFactory.getLogger(LogRequests.class);

  private final KubeletServer.Pods pods;
  private final PodLogs logs;
  private final Clock clock;
  private final Executor threads;

  LogRequests(KubeletServer.Pods pods, PodLogs logs, Clock clock, Executor threads) {
    this.pods = pods;
    this.logs = logs;
    this.clock = clock;
    this.threads = threads;
  }

  void answer(HttpServerRequest request, String namespace, String name, String container) {
    LogQuery query;
    try {
      query = LogParameters.read(request.params(), clock);
    } catch (IllegalArgumentException e) {
      KubeletServer.answer(request, 400, String.valueOf(e.getMessage()));
      return;
    }
    boolean previous = "true".equals(request.getParam("previous"));
    request.response().putHeader("Content-Type", "text/plain");
    LogResponse response = new LogResponse(request.response(), query.limitBytes());
    threads.execute(
        () -> {
          try {
            read(request, namespace, name, container, previous, query, response);
          } catch (IOException | RuntimeException e) {
            if (!response.isOver()) {
              log.warn("the log of {}/{}, container {}", namespace, name, container, e);
            }
            KubeletServer.answer(request, 500, "reading the log: " + e.getMessage());
            response.abandon();
          }
        });
  }

  private void read(
      HttpServerRequest request,
      String namespace,
      String name,
      String container,
      boolean previous,
      LogQuery query,
      LogResponse response)
      throws IOException {
    Optional<Pod> pod = pods.find(namespace, name);
    if (pod.isEmpty()) {
      KubeletServer.answer(request, 404, "pod \"" + name + "\" does not exist");
      return;
    }
    boolean known =
        Stream.concat(
                pod.get().getSpec().getInitContainers().stream(),
                pod.get().getSpec().getContainers().stream())
            .map(Container::getName)
            .anyMatch(container::equals);
    String uid = pod.get().getMetadata().getUid();
    if (!known) {
      KubeletServer.answer(
          request, 404, "container \"" + container + "\" not found in pod \"" + name + "\"");
      return;
    }
    Optional<ContainerLog> followed =
        query.follow() ? logs.current(uid, container) : Optional.empty();
    followed.ifPresent(current -> response.onClose(() -> current.leave(response)));
    // Between two runs the last one is both the log and the previous log.
    boolean earlier = previous && !isBetweenRuns(pod.get(), container);
    if (!logs.read(uid, container, earlier, query, response)) {
      KubeletServer.answer(request, 400, absent(pod.get(), container, previous));
    }
    // A client that had gone before the handler was there is told of by nobody.
    if (response.isOver()) {
      followed.ifPresent(current -> current.leave(response));
    }
  }

  private static boolean isBetweenRuns(Pod pod, String container) {
    return statuses(pod)
        .filter(status -> container.equals(status.getName()))
        .anyMatch(
            status ->
                status.getState() != null
                    && status.getState().getWaiting() != null
                    && status.getLastState() != null
                    && status.getLastState().getTerminated() != null);
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null
        ? Stream.empty()
        : Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream());
  }

  private static String absent(Pod pod, String container, boolean previous) {
    String name = pod.getMetadata().getName();
    if (previous) {
      return "previous terminated container \""
          + container
          + "\" in pod \""
          + name
          + "\" not found";
    }
    String reason =
        statuses(pod)
            .filter(status -> container.equals(status.getName()))
            .map(ContainerStatus::getState)
            .filter(state -> state != null && state.getWaiting() != null)
            .map(state -> state.getWaiting().getReason())
            .findFirst()
            .orElse("ContainerCreating");
    return "container \"" + container + "\" in pod \"" + name + "\" is waiting to start: " + reason;
  }
}
