package dev.cocolab.lab;

import dev.cocolab.lab.access.Access;
import dev.cocolab.node.KubeletTls;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.URI;
import java.util.Map;

/** One lab's use of a joined cluster: it leaves the cluster as empty as it found it. */
record JoinedLabCluster(JoinedCluster cluster) implements LabCluster {
  @Override
  public URI url() {
    return cluster.url();
  }

  @Override
  public String authorityPem() {
    return cluster.authorityPem();
  }

  @Override
  public Access persona(Persona persona) {
    return cluster.persona(persona);
  }

  @Override
  public Access part(String user, String group) {
    return cluster.part(user, group);
  }

  @Override
  public Map<String, String> marks() {
    return cluster.marks();
  }

  /** Done when the cluster was joined. */
  @Override
  public void prepare(KubernetesClient admin) {}

  /** Those that the cluster lacks run as long as it is joined. */
  @Override
  public boolean needsControllers() {
    return false;
  }

  @Override
  public KubeletTls kubelet(InetAddress address, KubernetesClient node) {
    return cluster.kubelet(address, node);
  }

  @Override
  public NodeHelp besides(KubernetesClient node) {
    return new NodeHelp(cluster.scheduler(), cluster.admin());
  }

  @Override
  public RouteBackend route(KubernetesClient admin) {
    return new ReadyPods(admin);
  }

  @Override
  public AutoCloseable contents() {
    return cluster::empty;
  }

  @Override
  public void close() {
    cluster.leave();
  }
}
