package dev.cocolab.node.cluster;

import dev.cocolab.node.pod.EventSink;
import dev.cocolab.node.pod.PodReporter;
import dev.cocolab.node.pod.SerialExecutor;
import dev.cocolab.node.pod.Timers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes statuses and events to the API server. Of several statuses of one pod that wait, only the
 * last is written; what cannot be written is tried again.
 */
public final class ApiReporter implements PodReporter {
  private static final Logger log = LoggerFactory.getLogger(ApiReporter.class);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int GONE = 404;
  private static final int CONFLICT = 409;

  private static final int FORBIDDEN = 403;

  private static final Duration SHORTLY = Duration.ofMillis(50);

  private static final int SHORT_TRIES = 20;

  private record Wanted(Pod pod, PodStatus status, int tries) {
    Wanted again() {
      return new Wanted(pod, status, tries + 1);
    }
  }

  private final KubernetesClient client;
  private final KubernetesSerialization serialization;
  private final EventRecorder recorder;
  private final Timers timers;
  private final SerialExecutor statuses;
  private final SerialExecutor events;
  private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();
  private final Map<String, String> written = new ConcurrentHashMap<>();

  /** Writes through this client on these threads. */
  public ApiReporter(
      KubernetesClient client, String nodeName, Clock clock, Timers timers, Executor threads) {
    this.client = client;
    this.serialization = client.getKubernetesSerialization();
    this.recorder = new EventRecorder(client, nodeName, clock);
    this.timers = timers;
    this.statuses = new SerialExecutor(threads);
    this.events = new SerialExecutor(threads);
  }

  @Override
  public void status(Pod pod, PodStatus status) {
    wanted.put(pod.getMetadata().getUid(), new Wanted(pod, status, 0));
    statuses.execute(() -> write(pod.getMetadata().getUid()));
  }

  private void write(String uid) {
    Wanted next = wanted.remove(uid);
    if (next == null) {
      return;
    }
    String body =
        "{\"metadata\":{\"uid\":\""
            + uid
            + "\"},\"status\":"
            + serialization.asJson(next.status())
            + "}";
    if (body.equals(written.get(uid))) {
      return;
    }
    try {
      client
          .pods()
          .inNamespace(next.pod().getMetadata().getNamespace())
          .withName(next.pod().getMetadata().getName())
          .subresource("status")
          .patch(PatchContext.of(PatchType.JSON_MERGE), body);
      written.put(uid, body);
    } catch (KubernetesClientException e) {
      if (e.getCode() == GONE || e.getCode() == CONFLICT) {
        log.debug("pod {} is gone", next.pod().getMetadata().getName());
        return;
      }
      if (e.getCode() == FORBIDDEN) {
        forbidden(next, e);
        return;
      }
      log.warn("status of {}: {}", next.pod().getMetadata().getName(), e.getMessage());
      wanted.putIfAbsent(uid, next);
      timers.after(RETRY, () -> statuses.execute(() -> write(uid)));
    }
  }

  /**
   * A node authorizer knows a pod of this node some milliseconds after the node does, and forbids
   * what is about a pod that is gone.
   */
  private void forbidden(Wanted next, KubernetesClientException e) {
    String name = next.pod().getMetadata().getName();
    if (next.tries() >= SHORT_TRIES) {
      log.info("status of {} is not taken, the pod is gone or not this node's: {}", name, text(e));
      return;
    }
    String uid = next.pod().getMetadata().getUid();
    wanted.putIfAbsent(uid, next.again());
    timers.after(SHORTLY, () -> statuses.execute(() -> write(uid)));
  }

  private static String text(KubernetesClientException e) {
    return e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
  }

  @Override
  public void event(Pod pod, EventSink.Type type, String reason, String message, String fieldPath) {
    String component = reason.equals("FailedScheduling") ? "default-scheduler" : "kubelet";
    events.execute(() -> recorder.record(pod, type, reason, message, fieldPath, component));
  }

  /** The event with which a scheduler tells where it has put a pod. */
  void scheduled(Pod pod, String nodeName) {
    String message =
        "Successfully assigned "
            + pod.getMetadata().getNamespace()
            + "/"
            + pod.getMetadata().getName()
            + " to "
            + nodeName;
    events.execute(
        () ->
            recorder.record(
                pod, EventSink.Type.NORMAL, "Scheduled", message, "", "default-scheduler"));
  }

  @Override
  public void delete(Pod pod) {
    statuses.execute(() -> remove(pod, 0));
  }

  private void remove(Pod pod, int tries) {
    String uid = pod.getMetadata().getUid();
    wanted.remove(uid);
    String path =
        "/api/v1/namespaces/"
            + pod.getMetadata().getNamespace()
            + "/pods/"
            + pod.getMetadata().getName();
    Map<String, Object> options =
        Map.of(
            "kind",
            "DeleteOptions",
            "apiVersion",
            "v1",
            "gracePeriodSeconds",
            0,
            "preconditions",
            Map.of("uid", uid));
    try {
      client.raw(path, "DELETE", options);
      written.remove(uid);
    } catch (KubernetesClientException e) {
      if (e.getCode() == GONE || e.getCode() == CONFLICT) {
        written.remove(uid);
        return;
      }
      if (e.getCode() == FORBIDDEN && tries >= SHORT_TRIES) {
        written.remove(uid);
        log.info(
            "pod {} is not deleted, it is gone or not this node's: {}",
            pod.getMetadata().getName(),
            text(e));
        return;
      }
      boolean shortly = e.getCode() == FORBIDDEN;
      log.atLevel(shortly ? Level.DEBUG : Level.WARN)
          .log("deletion of {}: {}", pod.getMetadata().getName(), e.getMessage());
      timers.after(shortly ? SHORTLY : RETRY, () -> statuses.execute(() -> remove(pod, tries + 1)));
    }
  }
}
