package dev.cocolab.node.container;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The files by which a pod's containers know themselves and others.
 *
 * @param hosts lines of {@code /etc/hosts} beside those of the loopback device
 * @param resolvConf text of {@code /etc/resolv.conf}
 */
record NetworkFiles(String hostname, List<String> hosts, String resolvConf) {

  static NetworkFiles of(Pod pod, String podIp, String hostname, List<String> outgoing) {
    List<String> hosts = new ArrayList<>();
    hosts.add(podIp + "\t" + hostname);
    hosts.addAll(outgoing);
    pod.getSpec()
        .getHostAliases()
        .forEach(
            alias -> hosts.add(alias.getIp() + "\t" + String.join("\t", alias.getHostnames())));
    String search = pod.getMetadata().getNamespace() + ".svc.cluster.local";
    return new NetworkFiles(
        hostname,
        hosts,
        "search " + search + " svc.cluster.local cluster.local\noptions ndots:5\n");
  }

  /** The file as the runtime sends it with CreateSandbox, line by line. */
  List<String> dns() {
    return List.of(resolvConf.split("\n", -1));
  }

  long resolvConfSize() {
    return resolvConf.getBytes(StandardCharsets.UTF_8).length;
  }

  long hostnameSize() {
    return hostname.length() + 1L;
  }

  long hostsSize() {
    return hosts.stream()
        .mapToLong(line -> line.getBytes(StandardCharsets.UTF_8).length + 1L)
        .sum();
  }
}
