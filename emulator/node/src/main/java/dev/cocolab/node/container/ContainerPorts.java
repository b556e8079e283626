package dev.cocolab.node.container;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The TCP ports on which a container is known to listen: those it declares and those of its probes.
 */
final class ContainerPorts {
  private ContainerPorts() {}

  static Set<Integer> of(Container container) {
    Set<Integer> ports = new TreeSet<>();
    container.getPorts().stream()
        .filter(port -> port.getProtocol() == null || port.getProtocol().equals("TCP"))
        .map(ContainerPort::getContainerPort)
        .forEach(ports::add);
    Stream.of(
            Optional.ofNullable(container.getReadinessProbe()),
            Optional.ofNullable(container.getLivenessProbe()),
            Optional.ofNullable(container.getStartupProbe()))
        .flatMap(Optional::stream)
        .flatMap(ContainerPorts::of)
        .forEach(ports::add);
    return ports;
  }

  private static Stream<Integer> of(Probe probe) {
    return Stream.of(
            Optional.ofNullable(probe.getHttpGet()).map(action -> action.getPort()),
            Optional.ofNullable(probe.getTcpSocket()).map(action -> action.getPort()))
        .flatMap(Optional::stream)
        .map(IntOrString::getIntVal)
        .flatMap(Stream::ofNullable);
  }
}
