package dev.cocolab.lab;

import dev.cocolab.lab.access.Access;
import dev.cocolab.node.KubeletTls;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.URI;
import java.util.Map;

/** The API server that a lab works on, and how the lab's users and parts are known to it. */
sealed interface LabCluster extends AutoCloseable permits EmbeddedCluster, JoinedLabCluster {
  /**
   * Who does for a node what it may not do itself.
   *
   * @param scheduler puts pods on it
   * @param registrar labels it
   */
  record NodeHelp(KubernetesClient scheduler, KubernetesClient registrar) {}

  /** Base URL, without a trailing slash. */
  URI url();

  /** Authority of the API server's certificate. */
  String authorityPem();

  Access persona(Persona persona);

  /** An identity of one of the lab's own parts. */
  Access part(String user, String group);

  /** Labels by which what the lab makes is found again; empty when all goes with the cluster. */
  Map<String, String> marks();

  /** Gives the lab's parts the rights without which they do not start. */
  void prepare(KubernetesClient admin);

  /** Whether the lab has to run the workload controllers. */
  boolean needsControllers();

  /** Identity of the kubelet's endpoint, and whom it serves. */
  KubeletTls kubelet(InetAddress address, KubernetesClient node);

  NodeHelp besides(KubernetesClient node);

  /** Where Trustee's Route leads. */
  RouteBackend route(KubernetesClient admin);

  /** Takes back, when it is closed, what lies in the cluster; while the node still runs. */
  AutoCloseable contents();

  @Override
  void close();
}
