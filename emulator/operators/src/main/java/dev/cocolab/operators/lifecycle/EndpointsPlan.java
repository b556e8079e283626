package dev.cocolab.operators.lifecycle;

import dev.cocolab.operators.control.Selector;
import dev.cocolab.operators.workload.PodState;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The addresses behind a Service, as a function of the pods of its namespace. */
final class EndpointsPlan {

  private record Backend(Pod pod, boolean ready) {}

  private EndpointsPlan() {}

  /**
   * One subset for each set of ports the pods resolve to; ready and unready addresses apart, both
   * in order of address.
   */
  static List<EndpointSubset> subsets(Service service, Collection<Pod> podsOfNamespace) {
    Selector selector = Selector.ofLabels(service.getSpec().getSelector());
    boolean all = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
    Map<List<EndpointPort>, List<Backend>> byPorts = new LinkedHashMap<>();
    podsOfNamespace.stream()
        .filter(p -> selector.matches(p.getMetadata().getLabels()) && hasAddress(p))
        .filter(p -> all || PodState.isActive(p))
        .sorted(
            Comparator.comparing(p -> p.getStatus().getPodIP() + "/" + p.getMetadata().getName()))
        .forEach(
            p ->
                byPorts
                    .computeIfAbsent(ports(service, p), k -> new ArrayList<>())
                    .add(new Backend(p, all || PodState.isReady(p))));
    List<EndpointSubset> result = new ArrayList<>();
    byPorts.forEach(
        (ports, backends) -> {
          if (!ports.isEmpty() || hasNoPorts(service)) {
            result.add(subset(ports, backends));
          }
        });
    return result;
  }

  private static EndpointSubset subset(List<EndpointPort> ports, List<Backend> backends) {
    return new EndpointSubsetBuilder()
        .withAddresses(backends.stream().filter(Backend::ready).map(b -> address(b.pod())).toList())
        .withNotReadyAddresses(
            backends.stream().filter(b -> !b.ready()).map(b -> address(b.pod())).toList())
        .withPorts(ports)
        .build();
  }

  private static boolean hasAddress(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getPodIP() != null
        && !pod.getStatus().getPodIP().isEmpty();
  }

  private static boolean hasNoPorts(Service service) {
    return service.getSpec().getPorts() == null || service.getSpec().getPorts().isEmpty();
  }

  private static List<EndpointPort> ports(Service service, Pod pod) {
    if (hasNoPorts(service)) {
      return List.of();
    }
    List<EndpointPort> result = new ArrayList<>();
    for (ServicePort port : service.getSpec().getPorts()) {
      String protocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
      target(port, pod, protocol)
          .ifPresent(
              number ->
                  result.add(
                      new EndpointPortBuilder()
                          .withName(port.getName())
                          .withPort(number)
                          .withProtocol(protocol)
                          .withAppProtocol(port.getAppProtocol())
                          .build()));
    }
    return result;
  }

  private static Optional<Integer> target(ServicePort port, Pod pod, String protocol) {
    if (port.getTargetPort() == null) {
      return Optional.of(port.getPort());
    }
    if (port.getTargetPort().getValue() instanceof Integer number) {
      return Optional.of(number == 0 ? port.getPort() : number);
    }
    String name = port.getTargetPort().getStrVal();
    return pod.getSpec().getContainers().stream()
        .flatMap(
            c ->
                c.getPorts() == null
                    ? java.util.stream.Stream.<ContainerPort>of()
                    : c.getPorts().stream())
        .filter(p -> name.equals(p.getName()))
        .filter(p -> protocol.equals(p.getProtocol() == null ? "TCP" : p.getProtocol()))
        .map(ContainerPort::getContainerPort)
        .findFirst();
  }

  private static EndpointAddress address(Pod pod) {
    return new EndpointAddressBuilder()
        .withIp(pod.getStatus().getPodIP())
        .withNodeName(pod.getSpec().getNodeName())
        .withNewTargetRef()
        .withKind("Pod")
        .withNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .withUid(pod.getMetadata().getUid())
        .endTargetRef()
        .build();
  }
}
