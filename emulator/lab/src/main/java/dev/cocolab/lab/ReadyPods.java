package dev.cocolab.lab;

import dev.cocolab.lab.setup.Names;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Looks at the pods that Trustee's Service selects: a real API server takes no Endpoints with
 * loopback addresses, which the pods of a lab have.
 */
final class ReadyPods extends RouteBackend {
  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Service> services;

  ReadyPods(KubernetesClient client) {
    services =
        client
            .services()
            .inNamespace(Names.TRUSTEE_NAMESPACE)
            .withName(SERVICE)
            .runnableInformer(0);
    pods = client.pods().inNamespace(Names.TRUSTEE_NAMESPACE).runnableInformer(0);
    services.addEventHandler(new Changes<>());
    pods.addEventHandler(new Changes<>());
    var unusedServices = services.start();
    var unusedPods = pods.start();
  }

  private final class Changes<T> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T added) {
      look();
    }

    @Override
    public void onUpdate(T before, T after) {
      look();
    }

    @Override
    public void onDelete(T deleted, boolean stateUnknown) {
      look();
    }
  }

  private synchronized void look() {
    List<Service> service = services.getStore().list();
    Optional<InetSocketAddress> found =
        service.isEmpty()
            ? Optional.empty()
            : pods.getStore().list().stream()
                .filter(ReadyPods::isReady)
                .filter(pod -> isSelected(pod, service.get(0).getSpec().getSelector()))
                .map(pod -> target(pod, service.get(0)))
                .flatMap(Optional::stream)
                .findFirst();
    found.ifPresentOrElse(this::leadsTo, this::leadsNowhere);
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getPodIP() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  private static boolean isSelected(Pod pod, Map<String, String> selector) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return selector != null
        && !selector.isEmpty()
        && labels != null
        && labels.entrySet().containsAll(selector.entrySet());
  }

  private static Optional<InetSocketAddress> target(Pod pod, Service service) {
    return service.getSpec().getPorts().stream()
        .map(port -> port(pod, port.getTargetPort(), port.getPort()))
        .flatMap(Optional::stream)
        .findFirst()
        .map(port -> literal(pod.getStatus().getPodIP(), port));
  }

  private static Optional<Integer> port(Pod pod, IntOrString target, Integer port) {
    if (target == null) {
      return Optional.of(port);
    }
    return target.getStrVal() == null
        ? Optional.of(target.getIntVal())
        : pod.getSpec().getContainers().stream()
            .flatMap(container -> container.getPorts().stream())
            .filter(one -> target.getStrVal().equals(one.getName()))
            .map(ContainerPort::getContainerPort)
            .filter(Objects::nonNull)
            .findFirst();
  }

  @Override
  public void close() {
    pods.stop();
    services.stop();
  }
}
