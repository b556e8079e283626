package dev.cocolab.lab;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/**
 * Withdraws what an earlier run of the lab reported of things that ended with it: a node is unknown
 * until it registers, no pod is ready or has an address, no Service leads to one. A real cluster's
 * node lifecycle controller does so 40 s after a node was last heard of; here the node's process is
 * known to be gone.
 */
final class LostNode {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final List<String> READY = List.of("Ready", "ContainersReady");
  private static final int GONE = 404;

  private final KubernetesClient client;
  private final KubernetesSerialization serialization;
  private final String now;

  LostNode(KubernetesClient client, Clock clock) {
    this.client = Objects.requireNonNull(client, "client");
    this.serialization = client.getKubernetesSerialization();
    this.now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  void withdraw() {
    client.nodes().list().getItems().forEach(this::withdraw);
    client.pods().inAnyNamespace().list().getItems().forEach(this::withdraw);
    client.endpoints().inAnyNamespace().list().getItems().forEach(this::withdraw);
  }

  private void withdraw(Node node) {
    if (node.getStatus() == null || node.getStatus().getConditions() == null) {
      return;
    }
    List<NodeCondition> conditions = node.getStatus().getConditions();
    for (NodeCondition condition : conditions) {
      condition.setStatus("Unknown");
      condition.setReason("NodeStatusUnknown");
      condition.setMessage("Kubelet stopped posting node status.");
      condition.setLastTransitionTime(now);
    }
    client
        .nodes()
        .withName(node.getMetadata().getName())
        .subresource("status")
        .patch(MERGE, "{\"status\":{\"conditions\":" + serialization.asJson(conditions) + "}}");
  }

  private void withdraw(Pod pod) {
    boolean over = pod.getStatus() == null || List.of("Succeeded", "Failed").contains(phase(pod));
    if (over || pod.getSpec().getNodeName() == null) {
      return;
    }
    List<PodCondition> conditions = pod.getStatus().getConditions();
    for (PodCondition condition : conditions) {
      if (READY.contains(condition.getType()) && "True".equals(condition.getStatus())) {
        condition.setStatus("False");
        condition.setReason("NodeNotReady");
        condition.setLastTransitionTime(now);
      }
    }
    String body =
        "{\"status\":{\"podIP\":null,\"podIPs\":null,\"conditions\":"
            + serialization.asJson(conditions)
            + "}}";
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .subresource("status")
          .patch(MERGE, body);
    } catch (KubernetesClientException e) {
      requireGone(e);
    }
  }

  private static String phase(Pod pod) {
    return String.valueOf(pod.getStatus().getPhase());
  }

  /** Endpoints that somebody wrote by hand name no pod, and stay. */
  private void withdraw(Endpoints endpoints) {
    boolean ofPods =
        endpoints.getSubsets() != null
            && endpoints.getSubsets().stream()
                .flatMap(subset -> subset.getAddresses().stream())
                .anyMatch(
                    address ->
                        address.getTargetRef() != null
                            && "Pod".equals(address.getTargetRef().getKind()));
    if (!ofPods) {
      return;
    }
    try {
      client
          .endpoints()
          .inNamespace(endpoints.getMetadata().getNamespace())
          .withName(endpoints.getMetadata().getName())
          .patch(MERGE, "{\"subsets\":[]}");
    } catch (KubernetesClientException e) {
      requireGone(e);
    }
  }

  private static void requireGone(KubernetesClientException e) {
    if (e.getCode() != GONE) {
      throw e;
    }
  }
}
