package dev.cocolab.operators;

import dev.cocolab.operators.control.ChangeHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says at once that every pod runs and is ready, and lets deleted ones go. */
final class FakeKubelet implements ChangeHandler<Pod>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FakeKubelet.class);

  private final KubernetesClient client;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final AtomicInteger addresses = new AtomicInteger(1);
  private final SharedIndexInformer<Pod> informer;

  FakeKubelet(KubernetesClient client) {
    this.client = client;
    this.informer = client.pods().inAnyNamespace().inform(this);
  }

  @Override
  public void changed(Optional<Pod> before, Optional<Pod> after) {
    try {
      after.ifPresent(pod -> executor.execute(() -> serve(pod)));
    } catch (RejectedExecutionException e) {
      LOG.debug("stopped");
    }
  }

  private void serve(Pod pod) {
    try {
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        client.resource(pod).withGracePeriod(0).delete();
      } else if (pod.getStatus() == null || pod.getStatus().getPodIP() == null) {
        client
            .resource(
                new PodBuilder(pod)
                    .withNewStatus()
                    .withPhase("Running")
                    .withPodIP("127.9.9." + addresses.incrementAndGet())
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus("True")
                    .withLastTransitionTime(
                        Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS).toString())
                    .endCondition()
                    .endStatus()
                    .build())
            .updateStatus();
      }
    } catch (KubernetesClientException e) {
      LOG.debug("pod {} changed meanwhile: {}", pod.getMetadata().getName(), e.getMessage());
    }
  }

  @Override
  public void close() {
    informer.stop();
    executor.shutdownNow();
  }
}
