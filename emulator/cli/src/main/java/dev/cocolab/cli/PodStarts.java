package dev.cocolab.cli;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts confidential pods one after the other and notes when a watcher learns of each stage; all
 * times count from the moment the manifest is sent.
 */
public final class PodStarts {
  private static final String RUNNING = "Running";

  private final KubernetesClient client;

  private final Duration limit;

  /**
   * Starts pods as somebody.
   *
   * @param client of who may make pods and read their events
   * @param limit until a pod must be Running
   */
  public PodStarts(KubernetesClient client, Duration limit) {
    this.client = Objects.requireNonNull(client, "client");
    this.limit = Objects.requireNonNull(limit, "limit");
  }

  /**
   * Starts so many pods like this one and deletes them.
   *
   * @param names begin of their names, which no pod had before: its events would be taken for
   *     theirs
   * @return of each pod the stages in the order in which it came to them, and when
   * @throws CliException NOT_SO when one is not Running within the limit
   */
  public List<Map<String, Duration>> measure(Pod manifest, String names, int count) {
    List<Map<String, Duration>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Pod pod =
          new PodBuilder(manifest).editMetadata().withName(names + "-" + i).endMetadata().build();
      all.add(measure(pod));
    }
    return all;
  }

  private Map<String, Duration> measure(Pod pod) {
    String name = pod.getMetadata().getName();
    String namespace = pod.getMetadata().getNamespace();
    Map<String, Duration> stages = Collections.synchronizedMap(new LinkedHashMap<>());
    CountDownLatch running = new CountDownLatch(1);
    long[] begun = new long[1];
    Consumer<String> reached =
        stage -> stages.putIfAbsent(stage, Duration.ofNanos(System.nanoTime() - begun[0]));
    try (Watch events =
            client
                .v1()
                .events()
                .inNamespace(namespace)
                .withField("involvedObject.name", name)
                .watch(watcher((Event event) -> reached.accept(event.getReason())));
        Watch pods =
            client
                .pods()
                .inNamespace(namespace)
                .withName(name)
                .watch(
                    watcher(
                        (Pod seen) -> {
                          if (seen.getStatus() != null
                              && RUNNING.equals(seen.getStatus().getPhase())) {
                            reached.accept(RUNNING);
                            running.countDown();
                          }
                        }))) {
      begun[0] = System.nanoTime();
      client.pods().inNamespace(namespace).resource(pod).create();
      if (!running.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CliException(
            ExitCode.NOT_SO,
            "pod %s is not Running after %d s; stages reached: %s"
                .formatted(name, limit.toSeconds(), stages.keySet()));
      }
      return new LinkedHashMap<>(stages);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.INTERRUPTED, "interrupted", e);
    } finally {
      client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
    }
  }

  private static <T> Watcher<T> watcher(Consumer<T> seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, T object) {
        seen.accept(object);
      }

      @Override
      public void onClose(WatcherException cause) {
        // The watch ends with the measurement; a watch that broke shows as a stage that is missing.
      }
    };
  }
}
