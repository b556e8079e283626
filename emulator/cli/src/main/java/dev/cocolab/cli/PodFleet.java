package dev.cocolab.cli;

import dev.cocolab.fixtures.Manifests;
import dev.cocolab.lab.Lab;
import dev.cocolab.lab.Persona;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Confidential pods that sleep, started and deleted all at once. */
final class PodFleet {
  private static final String NAMESPACE = "default";
  private static final String LABEL = "cocolab-bench";
  private static final int MAX_WARNINGS = 5;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LIMIT_FOR_EACH = Duration.ofSeconds(2);

  /**
   * How a start went.
   *
   * @param first until the first pod was Running, from the moment the first manifest is sent
   * @param all until the last one was
   */
  record Start(Duration first, Duration all) {}

  private final KubernetesClient client;
  private final Pod manifest;
  private int started;

  PodFleet(Lab lab) {
    this.client = lab.client(Persona.ADMIN);
    Pod sample = Serialization.unmarshal(Manifests.text("sample-fraud-detection.yaml"), Pod.class);
    this.manifest =
        new PodBuilder(sample)
            .editMetadata()
            .withNamespace(NAMESPACE)
            .addToLabels(LABEL, "pods")
            .endMetadata()
            .editSpec()
            .withTerminationGracePeriodSeconds(0L)
            .editFirstContainer()
            .withCommand("sleep", "1000000")
            .endContainer()
            .endSpec()
            .build();
  }

  /** Lifts the adaptor's limit of pod VMs on one node, as an administrator would. */
  void allow(int machines) {
    client
        .configMaps()
        .inNamespace("openshift-sandboxed-containers-operator")
        .withName("peer-pods-cm")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"data\":{\"PEERPODS_LIMIT_PER_NODE\":\"" + machines + "\"}}");
  }

  private FilterWatchListDeletable<Pod, PodList, PodResource> all() {
    return client.pods().inNamespace(NAMESPACE).withLabel(LABEL);
  }

  /**
   * Sends so many manifests and waits until all pods are Running.
   *
   * @throws CliException NOT_SO with the phases of those that are not
   */
  Start start(int count) {
    CountDownLatch one = new CountDownLatch(1);
    CountDownLatch every = new CountDownLatch(count);
    Set<String> running = ConcurrentHashMap.newKeySet();
    Watcher<Pod> watcher =
        watcher(
            (action, pod) -> {
              boolean runs =
                  pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase());
              if (runs && running.add(pod.getMetadata().getUid())) {
                one.countDown();
                every.countDown();
              }
            });
    long begun = System.nanoTime();
    try (Watch watch = all().watch(watcher)) {
      for (int i = 0; i < count; i++) {
        Pod pod =
            new PodBuilder(manifest)
                .editMetadata()
                .withName("bench-" + started++)
                .endMetadata()
                .build();
        client.resource(pod).create();
      }
      Duration limit = LIMIT.plus(LIMIT_FOR_EACH.multipliedBy(count));
      await(one, limit, "Running");
      Duration first = since(begun);
      await(every, limit, "Running");
      return new Start(first, since(begun));
    }
  }

  /** Deletes all pods and waits until their objects are gone. */
  Duration delete() {
    int count = all().list().getItems().size();
    CountDownLatch every = new CountDownLatch(count);
    Watcher<Pod> watcher =
        watcher(
            (action, pod) -> {
              if (action == Watcher.Action.DELETED) {
                every.countDown();
              }
            });
    long begun = System.nanoTime();
    try (Watch watch = all().watch(watcher)) {
      all().withGracePeriod(0).delete();
      await(every, LIMIT.plus(LIMIT_FOR_EACH.multipliedBy(count)), "gone");
    }
    return since(begun);
  }

  private void await(CountDownLatch latch, Duration limit, String wanted) {
    try {
      if (!latch.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        Map<String, Integer> phases = new TreeMap<>();
        all().list().getItems().forEach(pod -> phases.merge(phase(pod), 1, Integer::sum));
        throw new CliException(
            ExitCode.NOT_SO,
            "not all pods are %s after %d s: %s; warnings: %s"
                .formatted(wanted, limit.toSeconds(), phases, warnings()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.INTERRUPTED, "interrupted", e);
    }
  }

  /** The events that tell why, each once, the last ones. */
  private List<String> warnings() {
    List<String> texts =
        client.v1().events().inNamespace(NAMESPACE).list().getItems().stream()
            .filter(event -> "Warning".equals(event.getType()))
            .map(event -> event.getReason() + " " + event.getMessage())
            .distinct()
            .toList();
    return texts.subList(Math.max(0, texts.size() - MAX_WARNINGS), texts.size());
  }

  private static String phase(Pod pod) {
    return pod.getStatus() == null ? "unknown" : String.valueOf(pod.getStatus().getPhase());
  }

  private static Duration since(long begun) {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private interface Seen {
    void pod(Watcher.Action action, Pod pod);
  }

  private static Watcher<Pod> watcher(Seen seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, Pod pod) {
        seen.pod(action, pod);
      }

      @Override
      public void onClose(WatcherException cause) {
        // A watch that broke shows as pods that are missing.
      }
    };
  }
}
