package dev.cocolab.node.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the pods that have no node, and puts each on this one. */
public final class PodScheduler implements ResourceEventHandler<Pod>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodScheduler.class);

  private final KubernetesClient client;
  private final PodBinder binder;
  private final Executor threads;
  private SharedIndexInformer<Pod> informer;

  /** A scheduler that does nothing before {@link #start}. */
  public PodScheduler(
      KubernetesClient client, String nodeName, ApiReporter reporter, Executor threads) {
    this.client = client;
    this.binder = new PodBinder(client, reporter, nodeName);
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
      threads.execute(() -> bind(pod));
    }
  }

  private void bind(Pod pod) {
    try {
      binder.bind(pod);
    } catch (KubernetesClientException e) {
      log.warn("pod {} was not bound: {}", pod.getMetadata().getName(), e.getMessage());
    }
  }

  @Override
  public void close() {
    if (informer != null) {
      informer.close();
    }
  }
}
