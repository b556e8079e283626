package dev.cocolab.node.cluster;

import dev.cocolab.node.pod.Timers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the pods that have no node, and puts each on this one; tries again what failed. */
public final class PodScheduler implements ResourceEventHandler<Pod>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodScheduler.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int MOST_DOUBLINGS = 7;

  private final KubernetesClient client;
  private final PodBinder binder;
  private final Timers timers;
  private final Executor threads;
  private volatile boolean isClosed;
  private SharedIndexInformer<Pod> informer;

  /** A scheduler that does nothing before {@link #start}. */
  public PodScheduler(
      KubernetesClient client,
      String nodeName,
      ApiReporter reporter,
      Timers timers,
      Executor threads) {
    this.client = client;
    this.binder = new PodBinder(client, reporter, nodeName);
    this.timers = timers;
    this.threads = threads;
  }

  /** Lists the pods without a node and watches them from then on. */
  public void start() {
    informer = client.pods().inAnyNamespace().withField("spec.nodeName", "").inform(this);
  }

  @Override
  public void onAdd(Pod pod) {
    seen(pod);
  }

  @Override
  public void onUpdate(Pod before, Pod pod) {
    seen(pod);
  }

  @Override
  public void onDelete(Pod pod, boolean finalStateUnknown) {
    // it has a node now, or is gone
  }

  private void seen(Pod pod) {
    if (PodBinder.isWaiting(pod)) {
      threads.execute(() -> bind(pod, 0));
    }
  }

  private void bind(Pod pod, int failures) {
    if (isClosed) {
      return;
    }
    try {
      binder.bind(pod);
    } catch (KubernetesClientException e) {
      log.warn("pod {} was not bound: {}", pod.getMetadata().getName(), e.getMessage());
      later(pod, failures);
    }
  }

  private void later(Pod pod, int failures) {
    timers.after(pause(failures), () -> threads.execute(() -> again(pod, failures + 1)));
  }

  /** Unless it changed meanwhile, which was seen, or is gone. */
  private void again(Pod pod, int failures) {
    if (isClosed) {
      return;
    }
    try {
      Pod now = client.resource(pod).get();
      if (now != null
          && now.getMetadata()
              .getResourceVersion()
              .equals(pod.getMetadata().getResourceVersion())) {
        bind(now, failures);
      }
    } catch (KubernetesClientException e) {
      later(pod, failures);
    }
  }

  /** Twice as long after each failure, from a quarter of a second to half a minute. */
  static Duration pause(int failures) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  @Override
  public void close() {
    isClosed = true;
    if (informer != null) {
      informer.close();
    }
  }
}
