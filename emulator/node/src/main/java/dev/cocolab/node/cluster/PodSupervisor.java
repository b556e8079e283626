package dev.cocolab.node.cluster;

import dev.cocolab.node.admission.PodAdmission;
import dev.cocolab.node.log.PodLogs;
import dev.cocolab.node.pod.PodWorker;
import dev.cocolab.node.pod.PreparedPod;
import dev.cocolab.node.pod.RunningContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Watches the pods of this node and keeps a worker for each. */
public final class PodSupervisor implements ResourceEventHandler<Pod>, AutoCloseable {
  private static final long LOOK_SECONDS = 10;

  /** For programs that tidy up; most of what ignores SIGTERM does so as process 1 of its pod. */
  private static final Duration END = Duration.ofMillis(400);

  private static final long END_LIMIT_SECONDS = 15;

  private final KubernetesClient client;
  private final String nodeName;
  private final PodAdmission admission;
  private final PodLogs logs;
  private final PodWorker.Surroundings surroundings;
  private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
  private final Map<String, Pod> pods = new ConcurrentHashMap<>();
  private SharedIndexInformer<Pod> informer;

  /** A supervisor that does nothing before {@link #start}. */
  public PodSupervisor(
      KubernetesClient client, String nodeName, PodLogs logs, PodWorker.Surroundings surroundings) {
    this.client = client;
    this.nodeName = nodeName;
    this.admission = new PodAdmission(client.getKubernetesSerialization());
    this.logs = logs;
    this.surroundings = surroundings;
  }

  /** Lists the pods and watches them from then on. */
  public void start() {
    informer = client.pods().inAnyNamespace().withField("spec.nodeName", nodeName).inform(this);
  }

  /** A pod of this node by its name. */
  public Optional<Pod> pod(String namespace, String name) {
    return pods.values().stream()
        .filter(pod -> pod.getMetadata().getNamespace().equals(namespace))
        .filter(pod -> pod.getMetadata().getName().equals(name))
        .findFirst();
  }

  /** A running container of a pod; waits a moment for the pod's own thread. */
  public Optional<RunningContainer> running(Pod pod, String container) {
    PodWorker worker = workers.get(pod.getMetadata().getUid());
    return worker == null
        ? Optional.empty()
        : worker
            .running(container)
            .completeOnTimeout(Optional.empty(), LOOK_SECONDS, TimeUnit.SECONDS)
            .join();
  }

  /** The place of a pod on this machine, if it has one; waits a moment for the pod's own thread. */
  public Optional<PreparedPod> place(Pod pod) {
    PodWorker worker = workers.get(pod.getMetadata().getUid());
    return worker == null
        ? Optional.empty()
        : worker.place().completeOnTimeout(Optional.empty(), LOOK_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void onAdd(Pod pod) {
    seen(pod);
  }

  @Override
  public void onUpdate(Pod before, Pod pod) {
    if (!before.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
      gone(before);
    }
    seen(pod);
  }

  @Override
  public void onDelete(Pod pod, boolean finalStateUnknown) {
    gone(pod);
  }

  private void seen(Pod pod) {
    String uid = pod.getMetadata().getUid();
    pods.put(uid, pod);
    PodWorker known = workers.get(uid);
    if (known != null) {
      known.update(pod);
      return;
    }
    PodWorker worker = new PodWorker(pod, surroundings);
    workers.put(uid, worker);
    worker.start(admission.refusal(pod));
  }

  private void gone(Pod pod) {
    String uid = pod.getMetadata().getUid();
    pods.remove(uid);
    PodWorker worker = workers.remove(uid);
    if (worker != null) {
      worker.forget();
      worker.shutDown(Duration.ZERO).thenRun(() -> logs.remove(uid));
    }
  }

  /** Ends all containers; the pod objects stay as they are. */
  @Override
  public void close() {
    if (informer != null) {
      informer.close();
    }
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (PodWorker worker : workers.values()) {
      ends.add(worker.shutDown(END).toCompletableFuture());
    }
    CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, END_LIMIT_SECONDS, TimeUnit.SECONDS)
        .join();
    workers.clear();
  }
}
