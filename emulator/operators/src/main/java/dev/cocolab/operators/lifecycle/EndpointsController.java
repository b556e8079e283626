package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.control.Controller;
import dev.cocolab.operators.control.ObjectKey;
import dev.cocolab.operators.control.Selector;
import dev.cocolab.operators.control.WorkQueue;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Lists the ready pods behind each Service that has a selector. */
public final class EndpointsController implements Controller {

  private final KubernetesClient client;
  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Endpoints> endpoints;
  private final WorkQueue queue;

  public EndpointsController(
      KubernetesClient client,
      SharedIndexInformer<Service> services,
      SharedIndexInformer<Pod> pods,
      SharedIndexInformer<Endpoints> endpoints,
      ScheduledExecutorService executor) {
    this.client = client;
    this.services = services;
    this.pods = pods;
    this.endpoints = endpoints;
    this.queue = new WorkQueue("endpoints", executor, this);
  }

  /** To be told of every change of a Service. */
  public void serviceChanged(Optional<Service> before, Optional<Service> after) {
    after.or(() -> before).map(ObjectKey::of).ifPresent(queue::add);
  }

  /**
   * To be told of every change of Endpoints: what others write into those of a Service is put
   * right.
   */
  public void endpointsChanged(Optional<Endpoints> before, Optional<Endpoints> after) {
    after
        .or(() -> before)
        .map(ObjectKey::of)
        .filter(key -> services.getIndexer().getByKey(key.cacheKey()) != null)
        .ifPresent(queue::add);
  }

  /** To be told of every change of a pod. */
  public void podChanged(Optional<Pod> before, Optional<Pod> after) {
    Pod any = after.or(() -> before).orElseThrow();
    for (Service service :
        services.getIndexer().byIndex("namespace", any.getMetadata().getNamespace())) {
      Selector selector = Selector.ofLabels(service.getSpec().getSelector());
      boolean concerned =
          before.filter(p -> selector.matches(p.getMetadata().getLabels())).isPresent()
              || after.filter(p -> selector.matches(p.getMetadata().getLabels())).isPresent();
      if (concerned) {
        queue.add(ObjectKey.of(service));
      }
    }
  }

  @Override
  public Optional<Duration> reconcile(ObjectKey key) {
    Service service = services.getIndexer().getByKey(key.cacheKey());
    Endpoints present = endpoints.getIndexer().getByKey(key.cacheKey());
    if (service == null) {
      if (present != null) {
        client.resource(present).delete();
      }
      return Optional.empty();
    }
    if (Selector.ofLabels(service.getSpec().getSelector()).isEmpty()) {
      return Optional.empty();
    }
    List<EndpointSubset> subsets =
        EndpointsPlan.subsets(service, pods.getIndexer().byIndex("namespace", key.namespace()));
    Map<String, String> labels =
        service.getMetadata().getLabels() == null ? Map.of() : service.getMetadata().getLabels();
    if (present == null) {
      create(service, subsets, labels);
    } else if (!subsets.equals(present.getSubsets()) || !labels.equals(labelsOf(present))) {
      client
          .resource(
              new EndpointsBuilder(present)
                  .editMetadata()
                  .withLabels(labels)
                  .endMetadata()
                  .withSubsets(subsets)
                  .build())
          .update();
    }
    return Optional.empty();
  }

  private static Map<String, String> labelsOf(Endpoints endpoints) {
    return endpoints.getMetadata().getLabels() == null
        ? Map.of()
        : endpoints.getMetadata().getLabels();
  }

  private void create(Service service, List<EndpointSubset> subsets, Map<String, String> labels) {
    try {
      client
          .resource(
              new EndpointsBuilder()
                  .withNewMetadata()
                  .withName(service.getMetadata().getName())
                  .withNamespace(service.getMetadata().getNamespace())
                  .withLabels(labels)
                  .endMetadata()
                  .withSubsets(subsets)
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        throw e;
      }
    }
  }

  @Override
  public void open() {
    queue.open();
  }

  @Override
  public void close() {
    queue.close();
  }
}
