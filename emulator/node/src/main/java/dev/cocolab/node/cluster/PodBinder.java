package dev.cocolab.node.cluster;

import dev.cocolab.node.pod.EventSink;
import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for the scheduler: puts pods without a node on this one, through the binding
 * subresource; a server without it gets a patch of {@code spec.nodeName}.
 */
final class PodBinder {
  private static final Logger log = LoggerFactory.getLogger(PodBinder.class);

  private final KubernetesClient client;
  private final ApiReporter reporter;
  private final String nodeName;

  PodBinder(KubernetesClient client, ApiReporter reporter, String nodeName) {
    this.client = client;
    this.reporter = reporter;
    this.nodeName = nodeName;
  }

  /** Whether a pod waits for a scheduler of the default kind. */
  static boolean isWaiting(Pod pod) {
    String scheduler = pod.getSpec().getSchedulerName();
    return isEmpty(pod.getSpec().getNodeName())
        && pod.getMetadata().getDeletionTimestamp() == null
        && (isEmpty(scheduler) || scheduler.equals("default-scheduler"))
        && pod.getSpec().getSchedulingGates().isEmpty();
  }

  /**
   * Binds a pod; blocks. A pod that is gone, or was bound by another, is left alone.
   *
   * @throws KubernetesClientException when it failed otherwise
   */
  void bind(Pod pod) {
    if (!isSelected(pod.getSpec().getNodeSelector())) {
      reporter.event(
          pod,
          EventSink.Type.WARNING,
          "FailedScheduling",
          "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
          "");
      return;
    }
    String namespace = pod.getMetadata().getNamespace();
    String name = pod.getMetadata().getName();
    Binding binding =
        new BindingBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .withUid(pod.getMetadata().getUid())
            .endMetadata()
            .withNewTarget()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(nodeName)
            .endTarget()
            .build();
    String path = "/api/v1/namespaces/" + namespace + "/pods/" + name + "/binding";
    try {
      client.raw(path, "POST", binding);
    } catch (KubernetesClientException e) {
      if (e.getCode() == 405 || (e.getCode() == 404 && exists(namespace, name))) {
        patch(namespace, name);
      } else if (e.getCode() == 404 || e.getCode() == 409) {
        log.debug("pod {}/{} was not bound: {}", namespace, name, e.getMessage());
        return;
      } else {
        throw e;
      }
    }
    reporter.scheduled(pod, nodeName);
  }

  /** By the labels that the node has now: people label nodes. */
  private boolean isSelected(Map<String, String> selector) {
    if (selector == null || selector.isEmpty()) {
      return true;
    }
    Node node = client.nodes().withName(nodeName).get();
    Map<String, String> labels = node == null ? null : node.getMetadata().getLabels();
    return labels != null && labels.entrySet().containsAll(selector.entrySet());
  }

  private boolean exists(String namespace, String name) {
    return client.pods().inNamespace(namespace).withName(name).get() != null;
  }

  private void patch(String namespace, String name) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"nodeName\":\"" + nodeName + "\"}}");
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }
}
